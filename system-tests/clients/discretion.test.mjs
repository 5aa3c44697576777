// What a node tells about its clients behind their backs: no token and no payload in its log, whatever its level; no series of theirs in its figures.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import EventBus from '@vertx/eventbus-bridge-client.js';
import SockJS from 'sockjs-client';
import WebSocket from 'ws';
import { FrameClient } from './frame-client.mjs';
import { startNode } from './node-process.mjs';
import { inSeconds, mint, unsigned } from './tokens.mjs';

const API_KEY = `key-${randomBytes(12).toString('hex')}`;
/** Stands in every payload, and nowhere else. */
const PAYLOAD = `payload-${randomBytes(12).toString('hex')}`;

let node;

before(async () => {
  node = await startNode({
    apiKeys: [API_KEY],
    set: { 'log.level': 'trace', 'bridge.enabled': true, 'bridge.inbound': 'chat.room', 'bridge.outbound': 'chat.room' },
  });
});

after(async () => {
  await node?.stop();
});

const connect = path => new FrameClient(new WebSocket(node.ws + path)).opened;

async function gone(client) {
  client.close();
  await client.end();
}

function post(call, body, headers) {
  return fetch(`${node.http}/api/${call}`, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body }).then(answer => answer.text());
}

/** Everything that has a token or says something, in good and bad form. Returns what must not be told. */
async function everything(round) {
  const good = mint(node.secret, `guest-${round}`, { caps: { subscribe: ['**'], publish: ['**'], api: ['publish'] } });
  const bad = [mint('another-secret-another-secret-another', 'eve'), mint(node.secret, 'eve', { exp: inSeconds(-60) }), unsigned('eve'), `no.${PAYLOAD}.token`];
  const secrets = [good, ...bad, API_KEY, node.secret];
  const says = { type: 'message', topic: `news.${round}`, data: { text: PAYLOAD }, eventType: PAYLOAD, metadata: { PAYLOAD }, messageId: PAYLOAD };

  const client = await connect('/ws');
  for (const token of bad) {
    assert.equal((await client.request({ type: 'auth', token })).type, 'auth_error');
  }
  const { resumeToken } = await client.request({ type: 'auth', token: good });
  secrets.push(resumeToken);
  await client.subscribe('news.*');
  assert.equal((await client.request(says)).type, 'ack');
  await client.next('message');
  for (const wrong of [{ ...says, topic: 'news.*' }, { ...says, topic: 'user.somebody' }, { ...says, topic: 7 }, { type: PAYLOAD }]) {
    assert.equal((await client.request(wrong)).type, 'error');
  }
  client.send(`{"type": "message", "data": ${PAYLOAD}`);
  await client.next({ type: 'error', reason: 'not_json' });
  client.send(Buffer.from(PAYLOAD));
  await client.next({ type: 'error', reason: 'binary_not_supported' });
  await gone(client);

  const back = await connect('/ws');
  secrets.push((await back.request({ type: 'reconnect_attempt', token: resumeToken })).resumeToken);
  await back.request({ type: 'reconnect_attempt', token: bad[0] });
  await gone(back);
  for (const token of [good, ...bad]) {
    await gone(await connect(`/ws?token=${token}`));
    await gone(await connect(`/sockjs/websocket?token=${token}`));
    await fetch(`${node.http}/nothing/${token}?token=${token}`);
    await fetch(`${node.http}/ws?token=${token}`);
    await post('publish', JSON.stringify({ topic: `news.${round}`, data: PAYLOAD }), { Authorization: `Bearer ${token}` });
    await post('admission/join', '{}', { Authorization: `Bearer ${token}` });
    await fetch(`${node.http}/api/admission/status`, { headers: { Authorization: `Bearer ${token}` } });
    await fetch(`${node.http}/api/admin/nodes`, { headers: { Authorization: `Bearer ${token}` } });
  }
  await fetch(`${node.http}/ws?token=${good}${'x'.repeat(5000)}`);
  await post('publish', JSON.stringify({ topic: 'a..b', data: PAYLOAD }), { 'X-API-Key': API_KEY });
  await post('publish', `{"topic": "a", "data": ${PAYLOAD}`, { 'X-API-Key': API_KEY });
  await post('broadcast', JSON.stringify({ topics: [`news.${round}`], data: PAYLOAD }), { 'X-API-Key': API_KEY });
  await post('publish', '{}', { 'X-API-Key': PAYLOAD });

  const polling = await new FrameClient(new SockJS(`${node.http}/sockjs`, null, { transports: ['xhr-polling'] })).opened;
  await polling.request({ type: 'auth', token: good });
  await polling.request(says);
  await gone(polling);
  const bus = new EventBus(`${node.http}/eventbus?token=${good}`);
  await new Promise(resolve => { bus.onopen = resolve; });
  bus.onerror = () => {};
  bus.publish('chat.room', { text: PAYLOAD });
  bus.publish('chat.closed', { text: PAYLOAD });
  const closed = new Promise(resolve => { bus.onclose = resolve; });
  bus.close();
  await closed;
  return secrets;
}

test('no line of the log has a token, a key or what people say', async () => {
  const secrets = await everything('log');
  const last = await connect('/ws');
  await last.auth(mint(node.secret, 'the-last'));
  while (!node.log().includes('userId=the-last')) {
    await last.request({ type: 'ping' });
    await delay(50);
  }
  const log = node.log();
  assert.match(log, /userId=guest-log/);
  for (const secret of [...secrets, PAYLOAD]) {
    // Of a token not even its signature or a claim's part.
    for (const part of secret.split('.').filter(text => text.length > 10)) {
      assert.ok(!log.includes(part), log.split('\n').filter(line => line.includes(part)).join('\n'));
    }
  }
  await gone(last);
});

test('strangers make no series in the figures', async () => {
  const series = async () => (await (await fetch(`${node.http}/metrics`)).text()).split('\n').filter(line => line.startsWith('vestibule_'))
    .map(line => line.replace(/ [^ ]*$/, ''));
  await everything('first');
  const before = new Set(await series());
  await everything('second');
  for (let n = 0; n < 20; n++) {
    const other = await connect('/ws');
    await other.request({ type: 'auth', token: mint(node.secret, `user-${n}`), queue: `queue-${n}` });
    await other.request({ type: 'auth', token: mint(node.secret, `user-${n}`) });
    await other.subscribe(`topic-${n}.**`);
    await other.request({ type: `type-${n}`, topic: `topic-${n}`, data: 1 });
    await gone(other);
    await fetch(`${node.http}/api/call-${n}`, { method: 'POST', headers: { 'X-Correlation-Id': `flow-${n}`, 'X-API-Key': API_KEY } });
    await fetch(`${node.http}/path-${n}`);
  }
  const added = (await series()).filter(one => !before.has(one));
  assert.deepEqual(added.filter(one => /(guest|second|user|queue|topic|type|call|flow|path)-?\d/.test(one)), []);
  assert.ok(added.length < 10, added.join('\n'));
});
