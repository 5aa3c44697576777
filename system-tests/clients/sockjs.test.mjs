// The core dialect over SockJS, each transport of the package sockjs-client.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import SockJS from 'sockjs-client';
import WebSocket from 'ws';
import { FrameClient } from './frame-client.mjs';
import { startNode } from './node-process.mjs';
import { mint } from './tokens.mjs';

let node;

before(async () => {
  node = await startNode();
});

after(async () => {
  await node?.stop();
});

/** A person over the given transport and no other. */
async function person(sub, transport) {
  const socket = new SockJS(`${node.http}/sockjs`, null, { transports: [transport] });
  const client = await new FrameClient(socket).opened;
  assert.equal(socket.transport, transport);
  await client.auth(mint(node.secret, sub));
  return client;
}

for (const transport of ['websocket', 'xhr-streaming', 'xhr-polling', 'eventsource']) {
  describe(transport, () => {
    test('people talk, there and back', async () => {
      const here = await person(`here-${transport}`, transport);
      const there = await new FrameClient(new WebSocket(`${node.ws}/ws`)).opened;
      await there.auth(mint(node.secret, `there-${transport}`));
      const topic = `sockjs.${transport}`;
      await here.subscribe(topic, 'sockjs.*');
      await there.subscribe('sockjs.**');

      const ack = await here.request({ type: 'message', topic, data: { text: 'to /ws \ud83d\udc4b' }, eventType: 'hello', echo: false });
      assert.equal(ack.type, 'ack');
      const arrived = await there.next('message');
      assert.deepEqual([arrived.data, arrived.eventType, arrived.metadata.senderId, arrived.pattern],
        [{ text: 'to /ws \ud83d\udc4b' }, 'hello', `here-${transport}`, 'sockjs.**']);

      for (let n = 0; n < 50; n++) {
        there.send({ type: 'message', topic, data: n });
      }
      for (let n = 0; n < 50; n++) {
        assert.equal((await here.next('message')).data, n);
      }
      here.close();
      there.close();
    });

    test('bad input is answered and survived', async () => {
      const client = await person(`clumsy-${transport}`, transport);
      for (const text of ['nonsense', '{}', '{"type":"subscribe","topic":"a..b"}']) {
        client.send(text);
        assert.equal((await client.next('error')).code, 400);
      }
      assert.equal((await client.request({ type: 'ping' })).type, 'pong');
      client.close();
    });

    test('closing says why, since the transport cannot', async () => {
      const socket = new SockJS(`${node.http}/sockjs`, null, { transports: [transport] });
      const client = await new FrameClient(socket).opened;
      for (let n = 0; n < 10; n++) {
        client.send({ type: 'auth', token: 'open sesame' });
      }
      assert.equal((await client.next('auth_error')).code, 401);
      const closing = await client.next('closing');
      assert.deepEqual([closing.code, closing.reason, closing.reconnect], [4501, 'not_authenticated', false]);
      await client.end();
    });

    test('leave', async () => {
      const client = await person(`leaver-${transport}`, transport);
      assert.equal((await client.request({ type: 'leave' })).type, 'left');
      await client.end();
    });
  });
}

test('a session whose polls meet different event loops is opened once', async () => {
  for (let n = 0; n < 60; n++) {
    const client = await person(`quick-${n}`, 'xhr-polling');
    assert.equal((await client.request({ type: 'ping' })).type, 'pong');
    client.close();
  }
});

test('the raw socket carries close codes', async () => {
  const client = await new FrameClient(new WebSocket(`${node.ws}/sockjs/websocket`)).opened;
  await client.auth(mint(node.secret, 'raw'));
  assert.equal((await client.request({ type: 'ping' })).type, 'pong');
  for (let n = 0; n < 30; n++) {
    client.send('{');
  }
  assert.equal((await client.next('closing')).code, 4400);
  assert.equal((await client.end()).code, 4400);
});
