// What ends a connection from the server's side: time, haste, expiry, and the end of the node.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import WebSocket from 'ws';
import { FrameClient } from './frame-client.mjs';
import { startNode } from './node-process.mjs';
import { inSeconds, mint } from './tokens.mjs';

let node;

before(async () => {
  node = await startNode({
    set: {
      'gateway.limits.auth-timeout': '5s',
      'gateway.limits.messages-per-second': 10,
      'gateway.limits.message-burst': 20,
      'gateway.limits.subscriptions-per-connection': 5,
      'gateway.limits.connections-per-ip': 8,
      'auth.jwt.leeway': '0s',
    },
  });
});

after(async () => {
  await node?.stop();
});

const connect = () => new FrameClient(new WebSocket(`${node.ws}/ws`)).opened;

async function person(sub, claims) {
  const client = await connect();
  const session = await client.auth(mint(node.secret, sub, claims));
  return Object.assign(client, { session });
}

/** As person, as soon as the connections of earlier tests, which have ended here, are counted out there. */
async function personWhenThereIsRoom(sub) {
  for (;;) {
    const client = await person(sub).catch(() => null);
    if (client) {
      return client;
    }
  }
}

async function gone(client) {
  client.close();
  await client.end();
}

test('who does not authenticate in time is closed with 4501', async () => {
  const client = await connect();
  assert.deepEqual((({ code, reason, reconnect }) => [code, reason, reconnect])(await client.next('closing')), [4501, 'not_authenticated', false]);
  assert.equal((await client.end()).code, 4501);
});

test('too many messages are refused with a time to come back, and do not arrive', async () => {
  const client = await person('hasty');
  await client.subscribe('haste.x');
  for (let n = 0; n < 40; n++) {
    client.send({ type: 'message', topic: 'haste.x', data: n });
  }
  const error = await client.next({ type: 'error', code: 429 });
  assert.equal(error.reason, 'rate_limited');
  assert.equal(error.temporary, true);
  assert.ok(error.retryAfterMs > 0);
  await gone(client);
});

test('the limits that auth_success names are the limits', async () => {
  const client = await person('collector');
  assert.equal(client.session.limits.maxSubscriptions, 5);
  assert.equal(client.session.limits.messagesPerSecond, 10);
  let refused;
  for (let n = 0; n < 6 && !refused; n++) {
    const answer = await client.request({ type: 'subscribe', topic: `collect.n${n}` });
    refused = answer.type === 'error' ? answer : undefined;
  }
  assert.deepEqual([refused?.code, refused?.reason], [429, 'too_many_subscriptions']);
  await gone(client);
});

test('a token that is not refreshed ends the connection with 4502', async () => {
  const client = await person('short', { exp: inSeconds(8) });
  const notice = await client.next('token_expiring');
  assert.equal(Date.parse(notice.expiresAt), Date.parse(client.session.expiresAt));
  assert.deepEqual((({ code, reconnect }) => [code, reconnect])(await client.next('closing')), [4502, false]);
  assert.equal((await client.end()).code, 4502);
});

test('a token that is refreshed does not', async () => {
  // A quarter of that is left for the refresh when it is said.
  const client = await person('long', { exp: inSeconds(20) });
  await client.next('token_expiring');
  assert.equal((await client.request({ type: 'refresh', token: mint(node.secret, 'somebody-else') })).code, 401);
  const until = inSeconds(8);
  const answer = await client.request({ type: 'refresh', token: mint(node.secret, 'long', { exp: until }) });
  assert.deepEqual([answer.type, Date.parse(answer.expiresAt)], ['refreshed', until * 1000]);
  await client.next('closing');
  assert.ok(Date.now() >= until * 1000 - 500, 'the first token no longer counts');
  await client.end();
});

test('one address has only so many connections', async () => {
  const clients = [];
  let refusal;
  for (let n = 0; n < 12 && !refusal; n++) {
    await connect().then(client => clients.push(client), failure => { refusal = failure; });
    const last = clients.at(-1);
    refusal ??= await Promise.race([last.request({ type: 'ping' }).then(() => undefined), last.end().then(end => end.code, () => undefined)]);
  }
  assert.ok(refusal, 'one of them is refused');
  await Promise.all(clients.map(gone));
});

test('a node that ends says so: 1012, reconnect', async () => {
  const client = await personWhenThereIsRoom('last');
  const stopped = node.stop();
  const closing = await client.next('closing');
  assert.deepEqual([closing.code, closing.reason, closing.reconnect], [1012, 'restarting', true]);
  assert.equal((await client.end()).code, 1012);
  const { code, signal } = await stopped;
  node = null;
  assert.equal(signal, null, 'ended by itself');
  assert.ok([0, 143].includes(code), `exit code ${code}`);
});
