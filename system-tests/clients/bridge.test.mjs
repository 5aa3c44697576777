// The Vert.x event-bus bridge with the package @vertx/eventbus-bridge-client.js: what the lists open, and what they do not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import EventBus from '@vertx/eventbus-bridge-client.js';
import { startNode } from './node-process.mjs';
import { mint } from './tokens.mjs';

const WITHIN_MS = 60_000;

let node;

before(async () => {
  node = await startNode({
    set: {
      'bridge.enabled': true,
      'bridge.inbound': 'chat.room,echo.service,orders.{userId}',
      'bridge.outbound': 'chat.room,echo.service,orders.{userId}',
    },
  });
});

after(async () => {
  await node?.stop();
});

function within(promise, what) {
  let timer;
  return Promise.race([promise, new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing within ${WITHIN_MS} ms`)), WITHIN_MS).unref();
  })]).finally(() => clearTimeout(timer));
}

/** A bus of the given user once it is open; errors that belong to no call are collected in `errors`. */
function bus(sub, { query = `?token=${mint(node.secret, sub)}`, ...options } = {}) {
  const eb = new EventBus(`${node.http}/eventbus${query}`, options);
  eb.errors = [];
  const waiting = [];
  eb.onerror = error => (waiting.shift() ?? (late => eb.errors.push(late)))(error);
  eb.nextError = () => within(eb.errors.length ? Promise.resolve(eb.errors.shift()) : new Promise(resolve => waiting.push(resolve)), 'an error');
  eb.gone = new Promise(resolve => { eb.onclose = resolve; });
  return within(new Promise((resolve, reject) => {
    eb.onopen = () => resolve(eb);
    eb.gone.then(({ code, reason }) => reject(Object.assign(new Error(`refused: ${code} ${reason}`), { code })));
  }), 'opening the bus');
}

/** Registers a handler and waits until the server has it: its own probe comes back. */
async function register(eb, address) {
  const messages = [];
  const waiting = [];
  let probed;
  const ready = new Promise(resolve => { probed = resolve; });
  eb.registerHandler(address, (error, message) => {
    if (message?.body?.probe) {
      probed();
    } else if (waiting.length) {
      waiting.shift()(message);
    } else {
      messages.push(message);
    }
  });
  const probing = setInterval(() => eb.publish(address, { probe: true }), 100);
  await within(ready, `registering at ${address}`).finally(() => clearInterval(probing));
  return { next: () => within(messages.length ? Promise.resolve(messages.shift()) : new Promise(resolve => waiting.push(resolve)), `a message at ${address}`) };
}

/** What the server says of the line and the session, in order; what the client library has no handler for is collected in `unhandled`. */
function listen(eb) {
  const events = [];
  const waiting = [];
  eb.unhandled = [];
  eb.onunhandled = frame => eb.unhandled.push(frame);
  eb.onevent = (event, message) => {
    events.push([event, message]);
    waiting.splice(0).forEach(look => look());
    return true;
  };
  eb.event = wanted => within(new Promise(resolve => {
    const look = () => {
      const found = events.findIndex(([event]) => event === wanted);
      if (found >= 0) {
        resolve(events.splice(0, found + 1).at(-1)[1]);
      } else {
        waiting.push(look);
      }
    };
    look();
  }), wanted);
  return eb;
}

test('a client that knows nothing of a line hears nothing of it where there is room', async () => {
  const eb = listen(await bus('plain'));
  const room = await register(eb, 'chat.room');
  eb.publish('chat.room', 'hello');
  assert.equal((await room.next()).body, 'hello');
  assert.deepEqual(eb.unhandled, []);
  eb.close();
});

test('where there is no room a client waits on its socket, is let in, and comes back with its token', async () => {
  const small = await startNode({
    set: {
      'bridge.enabled': true, 'bridge.inbound': 'chat.room', 'bridge.outbound': 'chat.room', 'admission.capacity': 1, 'admission.slot-grace': '1s',
    },
  });
  const open = async (sub, query) => listen(new EventBus(`${small.http}/eventbus${query ?? `?queue=default&token=${mint(small.secret, sub)}`}`));
  try {
    const ada = await open('ada');
    await ada.event('auth_success');
    const bob = await open('bob');
    const queued = await bob.event('queued');
    assert.deepEqual([queued.position, queued.waiting, queued.queue], [1, 1, 'default']);
    // Said in the line, and done when it is in.
    const room = register(bob, 'chat.room');
    const heardByAda = [];
    ada.registerHandler('chat.room', (error, message) => heardByAda.push(message));
    ada.close();
    const { resumeToken } = await bob.event('auth_success');
    const atBob = await room;
    bob.publish('chat.room', 'in');
    assert.equal((await atBob.next()).body, 'in');
    assert.deepEqual(heardByAda, []);
    bob.close();

    const again = await open('bob', `?token=${resumeToken}`);
    const back = await again.event('reconnect_success');
    assert.equal(back.userId, 'bob');
    assert.deepEqual([bob.unhandled, again.unhandled], [[], []]);
    again.close();
  } finally {
    await small.stop();
  }
});

test('what is published at an open address arrives', async () => {
  const [ada, bob] = await Promise.all([bus('ada'), bus('bob')]);
  const atBob = await register(bob, 'chat.room');
  ada.publish('chat.room', { text: 'hello' }, { mood: 'good' });
  const { body, headers } = await atBob.next();
  assert.deepEqual(body, { text: 'hello' });
  assert.equal(headers.mood, 'good');
  [ada, bob].forEach(eb => eb.close());
});

for (const transport of ['xhr-polling', 'xhr-streaming', 'eventsource']) {
  test(`over ${transport} too`, async () => {
    const options = { transports: [transport] };
    const [ada, bob] = await Promise.all([bus('ada', options), bus('bob', options)]);
    assert.equal(ada.sockJSConn.transport, transport);
    const atBob = await register(bob, 'chat.room');
    for (let n = 0; n < 20; n++) {
      ada.publish('chat.room', n);
    }
    for (let n = 0; n < 20; n++) {
      const { body, headers } = await atBob.next();
      assert.deepEqual([body, headers.userId], [n, 'ada']);
    }
    ada.send('vestibule.publish', { topic: 'a', data: 1 });
    assert.equal((await ada.nextError()).type, 'err');
    [ada, bob].forEach(eb => eb.close());
  });
}

test('a request is answered', async () => {
  const [client, service] = await Promise.all([bus('client'), bus('service')]);
  service.registerHandler('echo.service', (error, message) => message.replyAddress && message.reply({ echoed: message.body }));
  // Until the registration has reached the cluster, there is nobody to answer.
  const ask = () => new Promise((resolve, reject) => {
    client.send('echo.service', 42, {}, (error, message) => (error ? reject(error) : resolve(message.body)));
  });
  let answer;
  for (const deadline = Date.now() + WITHIN_MS; answer === undefined;) {
    answer = await ask().catch(error => {
      assert.ok(Date.now() < deadline && error.failureType === 'NO_HANDLERS', JSON.stringify(error));
      return delay(10);
    });
  }
  assert.deepEqual(answer, { echoed: 42 });
  [client, service].forEach(eb => eb.close());
});

for (const [what, call] of Object.entries({
  'a send': eb => eb.send('vestibule.publish', { topic: 'a', data: 1 }),
  'a send that wants an answer': eb => eb.send('vestibule.publish', { topic: 'a', data: 1 }, {}, () => {}),
  'a publish': eb => eb.publish('fan', 'x'),
  'a registration': eb => eb.registerHandler('fan', () => {}),
})) {
  test(`${what} that no list opens is denied`, async () => {
    const eb = await bus('eve');
    call(eb);
    const error = await eb.nextError();
    assert.equal(error.type, 'err');
    assert.ok(['access_denied', 'rejected'].includes(error.body), JSON.stringify(error));
    eb.close();
  });
}

test('an address with {userId} is open to that user only', async () => {
  const [ada, eve] = await Promise.all([bus('ada'), bus('eve')]);
  const orders = await register(ada, 'orders.ada');
  eve.send('orders.ada', 'forged');
  assert.ok(await eve.nextError());
  eve.publish('orders.ada', 'forged');
  assert.ok(await eve.nextError());
  ada.publish('orders.ada', 'mine');
  assert.equal((await orders.next()).body, 'mine');
  [ada, eve].forEach(eb => eb.close());
});

test('a user id made of wildcards or dots opens nothing of others', async () => {
  const eve = await bus('*');
  for (const address of ['orders.ada', 'orders.**']) {
    eve.publish(address, 'forged');
    assert.ok(await eve.nextError());
  }
  eve.close();
});

for (const [what, query] of [['no token', ''], ['a bad token', '?token=open-sesame']]) {
  test(`the bridge does not open for ${what}`, async () => {
    const refused = bus('eve', { query }).then(async eb => {
      // The socket may open before the server looks at it; then nothing may be said on it.
      eb.publish('chat.room', 'unheard');
      await within(Promise.race([eb.gone, eb.nextError()]), 'a refusal');
      throw new Error('refused after opening');
    });
    await assert.rejects(refused, /refused/);
  });
}
