// The feeds with the package ws: what a client that knows nothing of the core dialect sees of them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import WebSocket from 'ws';
import { FrameClient } from './frame-client.mjs';
import { startNode } from './node-process.mjs';
import { mint } from './tokens.mjs';

const API_KEY = 'client-tests-api-key-0123456789';

let node;

before(async () => {
  node = await startNode({ apiKeys: [API_KEY] });
});

after(async () => {
  await node?.stop();
});

function connect(path, headers) {
  return new FrameClient(new WebSocket(node.ws + path, { headers })).opened;
}

async function call(path, body) {
  const headers = { 'X-API-Key': API_KEY, 'Content-Type': 'application/json' };
  const response = await fetch(node.http + path, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
}

describe('the event feed', () => {
  test('is for whoever comes', async () => {
    const guest = await connect('/events/subscribe');
    const first = await guest.next('connection');
    assert.deepEqual(first.data.topics, ['public.**']);
    assert.ok(first.data.connectionId);
    assert.match(first.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    await call('/api/publish', { topic: 'room.a', data: 'not for everybody' });
    await call('/api/publish', { topic: 'public.scores', eventType: 'goal', data: { home: 1, away: 0 }, metadata: { match: 7 } });
    const { timestamp, ...event } = await guest.next(frame => frame.topic !== undefined);
    assert.deepEqual(event, { type: 'goal', topic: 'public.scores', data: { home: 1, away: 0 }, metadata: { match: 7 } });
    assert.ok(timestamp);
    let stats;
    // What has come is counted behind it.
    for (const since = Date.now(); !stats?.messages.delivered && Date.now() - since < 60_000; await delay(20)) {
      stats = await call('/events/stats');
    }
    assert.deepEqual([stats.connections.active, stats.messages.delivered, stats.unreachable], [1, 1, []]);
    guest.send({ type: 'ping' });
    assert.deepEqual((await guest.next('pong')).data, {});
    guest.close();
  });

  test('brings what was picked', async () => {
    const guest = await connect('/events/subscribe?topics=public.a,public.news.*');
    assert.deepEqual((await guest.next('connection')).data.topics, ['public.a', 'public.news.*']);
    for (const topic of ['public.b', 'public.a', 'public.news.x.y', 'public.news.x']) {
      await call('/api/publish', { topic, data: topic });
    }
    const heard = [(await guest.next('message')).data, (await guest.next('message')).data];
    assert.deepEqual(heard.sort(), ['public.a', 'public.news.x']);
    assert.deepEqual(guest.frames, []);
    guest.close();
  });

  test('refuses what is not for everybody', async () => {
    const socket = new WebSocket(`${node.ws}/events/subscribe?topics=room.a`);
    const response = await new Promise((resolve, reject) => {
      socket.on('unexpected-response', (request, refused) => resolve(refused));
      socket.on('open', () => reject(new Error('it was let in')));
    });
    assert.equal(response.statusCode, 403);
    assert.equal(response.headers['content-type'], 'application/problem+json');
    response.resume();
  });

  test('takes nothing', async () => {
    const guest = await connect('/events/subscribe');
    guest.send({ type: 'message', topic: 'public.a', data: 1 });
    const { data } = await guest.next('error');
    assert.deepEqual([data.code, data.reason], [400, 'receive_only']);
    for (let i = 0; i < 10; i++) {
      guest.send('nonsense');
    }
    assert.equal((await guest.next('closing')).data.code, 4400);
    assert.equal((await guest.closed).code, 4400);
  });
});

describe('the messaging feed', () => {
  async function person(name) {
    const client = await connect(`/messages/subscribe?token=${mint(node.secret, name)}`);
    const { data } = await client.next('connection');
    assert.deepEqual([data.userId, data.status], [name, 'connected']);
    return client;
  }

  test('brings two together, and what came meanwhile', async () => {
    await call('/api/members/add', { topic: 'conversation.tea', users: ['ada', 'bea'] });
    const ada = await person('ada');
    let bea = await person('bea');
    await ada.next('conversation.joined');
    await bea.next('conversation.joined');
    ada.send({ type: 'message.send', data: { conversationId: 'tea', content: { text: 'milk?' }, clientId: 'm1' } });
    const sent = (await ada.next('message.sent')).data;
    const heard = (await bea.next('message.new')).data;
    assert.deepEqual([heard.conversationId, heard.senderId, heard.content, heard.clientId, heard.offset], ['tea', 'ada', { text: 'milk?' }, 'm1', sent.offset]);
    bea.send({ type: 'message.delivered', data: { conversationId: 'tea', offset: heard.offset } });
    assert.equal((await ada.next('message.delivered')).data.userId, 'bea');
    bea.close();
    await bea.closed;
    ada.send({ type: 'message.send', data: { conversationId: 'tea', content: 'sugar?' } });
    await ada.next({ type: 'message.sent' });
    bea = await person('bea');
    assert.equal((await bea.next('message.new')).data.content, 'sugar?');
    ada.close();
    bea.close();
  });

  test('has one error for a token that is not good', async () => {
    const stranger = await connect('/messages/subscribe?token=nonsense');
    assert.equal((await stranger.next('error')).data.reason, 'token_malformed');
    assert.equal((await stranger.closed).code, 4501);
  });
});
