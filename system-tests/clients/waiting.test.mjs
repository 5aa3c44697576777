// The waiting line, with plain WebSockets and over SockJS: queued, moved up, let in on the same transport, and back again after a cut.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import SockJS from 'sockjs-client';
import WebSocket from 'ws';
import { FrameClient } from './frame-client.mjs';
import { startNode } from './node-process.mjs';
import { mint } from './tokens.mjs';

let node;
let people = 0;

before(async () => {
  node = await startNode({ set: { 'admission.capacity': 1, 'admission.slot-grace': '4m', 'admission.away-time': '4m' } });
});

after(async () => {
  await node?.stop();
});

const transports = {
  'ws': () => new WebSocket(`${node.ws}/ws`),
  'xhr-streaming': () => new SockJS(`${node.http}/sockjs`, null, { transports: ['xhr-streaming'] }),
  'xhr-polling': () => new SockJS(`${node.http}/sockjs`, null, { transports: ['xhr-polling'] }),
};

const connect = (transport = 'ws') => new FrameClient(transports[transport]()).opened;

/** A name that nobody had before. */
const somebody = () => `guest-${++people}`;

/** Somebody who has the only slot. */
async function insider() {
  const client = await connect();
  client.send({ type: 'auth', token: mint(node.secret, somebody()) });
  await client.next('auth_success');
  return client;
}

/** Waits until the session is saved that this subscribes to something: whoever is back before that has not subscribed yet. */
async function saved(subscribe) {
  const saves = async () => Number(/^vestibule_jobs_seconds_count\{job="session_save",outcome="ok"\} (.*)$/m.exec(await (await fetch(`${node.http}/metrics`)).text())[1]);
  const before = await saves();
  await subscribe();
  while (await saves() === before) {
    await delay(10);
  }
}

/** Somebody who is in the line: `queued` is what he was told. */
async function waiter(transport) {
  const client = await connect(transport);
  const queued = await client.request({ type: 'auth', id: 'way-in', token: mint(node.secret, somebody()) });
  assert.equal(queued.type, 'queued', JSON.stringify(queued));
  return Object.assign(client, { queued });
}

async function leaves(client) {
  assert.equal((await client.request({ type: 'leave' })).type, 'left');
  await client.end();
}

/** The socket ends without a word to the line. */
async function cut(client) {
  client.close();
  await client.end();
}

for (const transport of Object.keys(transports)) {
  describe(transport, () => {
    test('queued, moved up, let in on the same transport', async () => {
      const inside = await insider();
      const ahead = await waiter('ws');
      const client = await waiter(transport);
      assert.deepEqual([ahead.queued.position, client.queued.position, client.queued.waiting], [1, 2, 2]);
      assert.equal(client.queued.queue, 'default');
      assert.ok(client.queued.resumeToken);
      assert.ok(!Number.isNaN(Date.parse(client.queued.joinedAt)));
      assert.equal((await client.request({ type: 'subscribe', topic: 'news.a' })).code, 401);
      assert.equal((await client.request({ type: 'ping' })).type, 'pong');

      await leaves(ahead);
      const moved = await client.next({ type: 'queued', position: 1 });
      assert.equal(moved.joinedAt, client.queued.joinedAt);

      await leaves(inside);
      const success = await client.next('auth_success');
      assert.equal(success.id, 'way-in');
      assert.ok(success.sessionId && success.resumeToken);
      assert.equal((await client.next('subscribed')).auto, true);
      await client.subscribe('news.a');
      assert.equal((await client.request({ type: 'message', topic: 'news.a', data: 'at last' })).type, 'ack');
      assert.equal((await client.next('message')).data, 'at last');
      await leaves(client);
    });

    test('a waiter whose connection is cut comes back to its place', async () => {
      const inside = await insider();
      const client = await waiter(transport);
      const behind = await waiter('ws');
      await cut(client);

      const again = await connect(transport);
      const queued = await again.request({ type: 'reconnect_attempt', token: client.queued.resumeToken });
      assert.equal(queued.type, 'queued', JSON.stringify(queued));
      assert.deepEqual([queued.position, queued.joinedAt], [1, client.queued.joinedAt]);

      await leaves(inside);
      await again.next(({ type }) => type === 'auth_success' || type === 'reconnect_success');
      assert.equal((await behind.request({ type: 'subscribe', topic: 'news.a' })).code, 401);
      await leaves(again);
      await behind.next('auth_success');
      await leaves(behind);
    });

    test('who was in and is cut comes back to its session, past the line', async () => {
      const client = await connect(transport);
      client.send({ type: 'auth', token: mint(node.secret, somebody()) });
      const before = await client.next('auth_success');
      for (const topic of ['news.a', 'news.**']) {
        await saved(() => client.subscribe(topic));
      }
      const waiting = await waiter('ws');
      await cut(client);

      const again = await connect(transport);
      const success = await again.request({ type: 'reconnect_attempt', token: before.resumeToken });
      assert.equal(success.type, 'reconnect_success', JSON.stringify(success));
      assert.equal(success.sessionId, before.sessionId);
      assert.deepEqual([...success.restored].sort(), ['news.**', 'news.a']);
      assert.equal((await again.request({ type: 'message', topic: 'news.a', data: 'back' })).type, 'ack');
      assert.equal((await again.next('message')).data, 'back');

      const late = await connect(transport);
      const refused = await late.request({ type: 'reconnect_attempt', token: before.resumeToken });
      assert.deepEqual([refused.type, refused.reason], ['reconnect_failed', 'used']);
      await cut(late);
      assert.equal((await waiting.request({ type: 'ping' })).type, 'pong');
      assert.ok(waiting.frames.every(({ type }) => type === 'queued'), 'nobody took the slot meanwhile');
      await leaves(again);
      await waiting.next('auth_success');
      await leaves(waiting);
    });

    test('a client that knows nothing of lines needs no more than auth while there is room', async () => {
      const client = await connect(transport);
      client.send({ type: 'auth', token: mint(node.secret, somebody()) });
      await client.next('auth_success');
      assert.equal((await client.next('subscribed')).auto, true);
      await client.subscribe('news.a');
      assert.equal((await client.request({ type: 'message', topic: 'news.a', data: 'hello' })).type, 'ack');
      assert.equal((await client.next('message')).data, 'hello');
      await leaves(client);
    });
  });
}
