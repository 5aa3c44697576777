// The core dialect at /ws with the package ws: who gets in, who hears what, and what becomes of bad input.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import WebSocket from 'ws';
import { FrameClient } from './frame-client.mjs';
import { startNode } from './node-process.mjs';
import { inSeconds, mint, unsigned } from './tokens.mjs';

const API_KEY = 'client-tests-api-key-0123456789';

let node;

before(async () => {
  node = await startNode({ apiKeys: [API_KEY], set: { 'gateway.limits.messages-per-second': 0, 'gateway.limits.malformed-frames': 50 } });
});

after(async () => {
  await node?.stop();
});

function connect({ path = '/ws', headers } = {}) {
  return new FrameClient(new WebSocket(node.ws + path, { headers })).opened;
}

async function person(sub, claims) {
  const client = await connect();
  await client.auth(mint(node.secret, sub, claims));
  return client;
}

/** What came before a message that its publisher sent last: everything it sent earlier, by the order of a topic. */
async function messagesBefore(client, fence) {
  await client.next({ type: 'message', data: fence });
  return client.frames.filter(frame => frame.type === 'message');
}

describe('getting in', () => {
  test('with an auth frame', async () => {
    const client = await connect();
    const answer = await client.request({ type: 'auth', token: mint(node.secret, 'ada'), id: 'first' });
    assert.equal(answer.type, 'auth_success');
    assert.equal(answer.userId, 'ada');
    assert.ok(answer.connectionId);
    assert.ok(answer.sessionId);
    assert.ok(answer.heartbeat.intervalMs > 0 && answer.heartbeat.timeoutMs > answer.heartbeat.intervalMs);
    assert.ok(answer.limits.maxMessageBytes > 0 && answer.limits.maxSubscriptions > 0);
    assert.ok(!Number.isNaN(Date.parse(answer.expiresAt)));
    assert.match(answer.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    const own = await client.next('subscribed');
    assert.deepEqual([own.topic, own.auto, own.id], ['user.ada', true, undefined]);
    client.close();
  });

  test('with ?token=', async () => {
    const client = await connect({ path: `/ws?token=${mint(node.secret, 'bea')}` });
    const answer = await client.next('auth_success');
    assert.deepEqual([answer.userId, answer.id], ['bea', undefined]);
    client.close();
  });

  test('with an Authorization header', async () => {
    const client = await connect({ headers: { Authorization: `Bearer ${mint(node.secret, 'cem')}` } });
    assert.equal((await client.next('auth_success')).userId, 'cem');
    client.close();
  });

  const refused = {
    'of another key': () => mint('another-secret-another-secret-another', 'eve'),
    'of the algorithm none': () => unsigned('eve'),
    'that has expired': () => mint(node.secret, 'eve', { exp: inSeconds(-60) }),
    'that is not valid yet': () => mint(node.secret, 'eve', { nbf: inSeconds(600) }),
    'without exp': () => mint(node.secret, 'eve', { exp: undefined }),
    'with exp as a string': () => mint(node.secret, 'eve', { exp: '4102444800' }),
    'without sub': () => mint(node.secret, undefined),
    'that is no token': () => 'open sesame',
    'that is empty': () => '',
  };
  for (const [what, token] of Object.entries(refused)) {
    test(`not with a token ${what}`, async () => {
      const client = await connect();
      const answer = await client.request({ type: 'auth', token: token() });
      assert.deepEqual([answer.type, answer.code], ['auth_error', 401]);
      assert.match(answer.reason, /^[a-z_]+$/);
      assert.ok(answer.message);
      assert.equal((await client.request({ type: 'subscribe', topic: 'a' })).code, 401);
      client.close();
    });
  }

  test('a refused token in the URL is told', async () => {
    const client = await connect({ path: '/ws?token=open-sesame' });
    assert.equal((await client.next('auth_error')).code, 401);
    assert.equal((await client.request({ type: 'subscribe', topic: 'a' })).code, 401);
    client.close();
  });

  test('who keeps trying tokens is closed with 4501', async () => {
    const client = await connect();
    for (let n = 0; n < 10; n++) {
      client.send({ type: 'auth', token: 'open sesame' });
    }
    const closing = await client.next('closing');
    assert.deepEqual([closing.code, closing.reconnect], [4501, false]);
    assert.deepEqual(await client.end().then(({ code, reason }) => [code, String(reason)]), [4501, 'not_authenticated']);
  });

  test('before auth only what needs no name is answered', async () => {
    const client = await connect();
    for (const frame of [{ type: 'subscribe', topic: 'a' }, { type: 'message', topic: 'a', data: 1 }, { type: 'unsubscribe', topic: 'a' }]) {
      const { type, code } = await client.request(frame);
      assert.deepEqual([type, code], ['error', 401]);
    }
    assert.equal((await client.request({ type: 'ping' })).type, 'pong');
    assert.equal((await client.request({ type: 'health_check' })).type, 'health');
    await client.auth(mint(node.secret, 'late'));
    client.close();
  });
});

describe('talking', () => {
  test('a literal subscription and wildcards', async () => {
    const [speaker, literal, star, stars, both] = await Promise.all(['s1', 's2', 's3', 's4', 's5'].map(sub => person(sub)));
    await literal.subscribe('shop.orders.paid');
    await star.subscribe('shop.*.paid');
    await stars.subscribe('shop.**');
    await both.subscribe('shop.orders.paid', 'shop.**', '*.orders.*');
    await speaker.request({ type: 'message', topic: 'shop.orders.paid', data: { total: 12.5 }, eventType: 'paid', metadata: { trace: 7, senderId: 'forged' } });
    for (const [client, pattern] of [[literal, undefined], [star, 'shop.*.paid'], [stars, 'shop.**'], [both, undefined]]) {
      const got = await client.next('message');
      assert.equal(got.topic, 'shop.orders.paid');
      assert.equal(got.eventType, 'paid');
      assert.deepEqual(got.data, { total: 12.5 });
      assert.deepEqual([got.metadata.senderId, got.metadata.trace], ['s1', 7]);
      assert.equal(got.pattern, pattern);
      assert.equal(got.id, undefined);
      assert.ok(got.timestamp);
    }
    await speaker.request({ type: 'message', topic: 'shop.orders.lost.paid', data: 'deeper' });
    await speaker.request({ type: 'message', topic: 'shop.orders.paid', data: 'fence' });
    assert.equal((await stars.next('message')).data, 'deeper');
    for (const [client, seen] of [[literal, []], [star, []], [both, ['deeper']]]) {
      assert.deepEqual((await messagesBefore(client, 'fence')).map(({ data }) => data), seen);
    }
    [speaker, literal, star, stars, both].forEach(client => client.close());
  });

  test('an end to a subscription', async () => {
    const client = await person('quitter');
    await client.subscribe('news.a', 'news.b');
    assert.deepEqual((({ type, topic }) => [type, topic])(await client.request({ type: 'unsubscribe', topic: 'news.a' })), ['unsubscribed', 'news.a']);
    await client.request({ type: 'message', topic: 'news.a', data: 'unheard' });
    await client.request({ type: 'message', topic: 'news.b', data: 'fence' });
    await client.next({ type: 'message', data: 'fence' });
    const again = await client.request({ type: 'unsubscribe', topic: 'news.a' });
    assert.deepEqual([again.type, again.code, again.topic], ['error', 404, 'news.a']);
    assert.deepEqual(client.frames.filter(({ type }) => type === 'message'), []);
    client.close();
  });

  test('an ack for a message with an id, silence for one without, an error for both', async () => {
    const client = await person('acker');
    const ack = await client.request({ type: 'message', topic: 'acks.x', data: null });
    assert.deepEqual([ack.type, ack.topic], ['ack', 'acks.x']);
    client.send({ type: 'message', topic: 'acks.x', data: 1 });
    client.send({ type: 'message', topic: 'acks.*', data: 1, messageId: 'm-1' });
    const error = await client.next('error');
    assert.deepEqual([error.code, error.topic, error.messageId, error.id], [400, 'acks.*', 'm-1', undefined]);
    await client.request({ type: 'ping' });
    assert.deepEqual(client.frames, []);
    client.close();
  });

  test('echo: false reaches all but me, on this connection only', async () => {
    const [mine, alsoMine, other] = await Promise.all([person('echo'), person('echo'), person('other')]);
    await Promise.all([mine, alsoMine, other].map(client => client.subscribe('echo.x')));
    await mine.request({ type: 'message', topic: 'echo.x', data: 'quiet', echo: false });
    await mine.request({ type: 'message', topic: 'echo.x', data: 'fence' });
    assert.deepEqual((await messagesBefore(mine, 'fence')), []);
    assert.equal((await messagesBefore(alsoMine, 'fence')).length, 1);
    assert.equal((await messagesBefore(other, 'fence')).length, 1);
    [mine, alsoMine, other].forEach(client => client.close());
  });

  test('messages of one publisher to one topic keep their order', async () => {
    const [speaker, listener] = await Promise.all([person('fast'), person('patient')]);
    await listener.subscribe('order.*');
    const count = 3000;
    for (let n = 0; n < count; n++) {
      speaker.send({ type: 'message', topic: 'order.x', data: n });
    }
    await listener.next({ type: 'message', data: count - 1 });
    assert.deepEqual(listener.frames.filter(({ type }) => type === 'message').map(({ data }) => data), [...Array(count - 1).keys()]);
    [speaker, listener].forEach(client => client.close());
  });

  test('any JSON value comes as it went', async () => {
    const client = await person('json');
    await client.subscribe('json.x');
    const values = [null, true, 0, -1.5e300, '', 'text \u0000 \ud83d\udc1f "quoted" \u2028', [], [[]], {}, { 'a"b': [1, { c: null }] }];
    for (const data of values) {
      client.send({ type: 'message', topic: 'json.x', data });
    }
    for (const data of values) {
      assert.deepEqual((await client.next('message')).data, data);
    }
    client.close();
  });
});

describe('what is nobody else\'s business', () => {
  test('a person\'s own topic cannot be opened by others, and wildcards pass it by', async () => {
    const [eve, victim] = await Promise.all([person('eve'), person('victim')]);
    assert.equal((await eve.request({ type: 'subscribe', topic: 'user.victim' })).code, 403);
    for (const pattern of ['**', '*.*', 'user.*', 'user.**']) {
      await eve.request({ type: 'subscribe', topic: pattern });
    }
    const published = await fetch(`${node.http}/api/publish`, {
      method: 'POST',
      headers: { 'X-API-Key': API_KEY, 'Content-Type': 'application/json', 'X-Correlation-Id': 'corr-1' },
      body: JSON.stringify({ topic: 'user.victim', data: 'secret' }),
    });
    assert.ok(published.ok, `${published.status} ${await published.clone().text()}`);
    assert.equal(published.headers.get('x-correlation-id'), 'corr-1');
    assert.equal((await victim.next('message')).data, 'secret');
    await eve.request({ type: 'message', topic: 'fence.x', data: 'fence' });
    assert.deepEqual(await messagesBefore(eve, 'fence'), []);
    [eve, victim].forEach(client => client.close());
  });

  for (const sub of ['a.b', '**', 'user.x', 'with space', 'fish \ud83d\udc1f', 'x'.repeat(60) + '/../' ]) {
    test(`a user id like ${JSON.stringify(sub)} has a topic of its own`, async () => {
      const client = await connect();
      await client.request({ type: 'auth', token: mint(node.secret, sub) });
      const { topic } = await client.next({ type: 'subscribed', auto: true });
      const escaped = [...Buffer.from(sub)].map(byte => {
        const char = String.fromCharCode(byte);
        return /[A-Za-z0-9_:@-]/.test(char) ? char : `~${byte.toString(16).toUpperCase().padStart(2, '0')}`;
      }).join('');
      assert.equal(topic, `user.${escaped}`);
      client.close();
    });
  }

  test('capabilities narrow what the rules allow', async () => {
    const client = await person('narrow', { caps: { subscribe: ['news.**'], publish: ['talk.*'] } });
    await client.subscribe('news.today');
    const codes = [];
    for (const frame of [{ type: 'subscribe', topic: 'talk.x' }, { type: 'message', topic: 'news.today', data: 1 }, { type: 'message', topic: 'talk.x.y', data: 1 }]) {
      codes.push((await client.request(frame)).code);
    }
    assert.deepEqual(codes, [403, 403, 403]);
    assert.equal((await client.request({ type: 'message', topic: 'talk.x', data: 1 })).type, 'ack');
    client.close();
  });

  test('public topics are for servers to publish', async () => {
    const client = await person('citizen');
    await client.subscribe('public.news');
    assert.equal((await client.request({ type: 'message', topic: 'public.news', data: 1 })).code, 403);
    assert.equal((await client.request({ type: 'message', topic: 'vestibule.x', data: 1 })).code, 403);
    client.close();
  });
});

describe('bad input', () => {
  /** Frames, the code of their error, and the field that the error names. */
  const corpus = [
    ['nonsense', 400], ['', 400], ['[]', 400], ['null', 400], ['"type"', 400], ['{"type":', 400],
    ['{}', 400, 'type'], ['{"type":null}', 400, 'type'], ['{"type":7}', 400, 'type'], ['{"type":"dance"}', 400],
    ['{"type":"subscribe"}', 400, 'topic'], ['{"type":"subscribe","topic":5}', 400, 'topic'], ['{"type":"subscribe","topic":null}', 400, 'topic'],
    ['{"type":"subscribe","topic":""}', 400], ['{"type":"subscribe","topic":"a..b"}', 400], ['{"type":"subscribe","topic":".a"}', 400],
    ['{"type":"subscribe","topic":"a b"}', 400], ['{"type":"subscribe","topic":"a.b*"}', 400], ['{"type":"subscribe","topic":"**.a.**.b.**"}', 400],
    [`{"type":"subscribe","topic":"${'x'.repeat(256)}"}`, 400], [`{"type":"subscribe","topic":"${Array(17).fill('x').join('.')}"}`, 400],
    ['{"type":"message","data":1}', 400, 'topic'], ['{"type":"message","topic":"a"}', 400, 'data'],
    ['{"type":"message","topic":"a.*","data":1}', 400], ['{"type":"message","topic":"a","data":1,"metadata":[]}', 400, 'metadata'],
    ['{"type":"message","topic":"a","data":1,"echo":"yes"}', 400, 'echo'], ['{"type":"message","topic":"a","data":1,"eventType":{}}', 400, 'eventType'],
    ['{"type":"message","topic":"a","data":1,"messageId":{}}', 400, 'messageId'], ['{"type":"ping","id":{}}', 400, 'id'],
    [`{"type":"message","topic":"a","data":${'['.repeat(500)}${']'.repeat(500)}}`, 400],
    ['{"type":"unsubscribe","topic":"never.was"}', 404], ['{"type":"refresh"}', 400, 'token'],
  ];

  test('each kind gets an error that helps, and the connection lives on', async () => {
    const [client, bystander] = await Promise.all([person('clumsy'), person('bystander')]);
    await bystander.subscribe('after.all');
    for (const [text, code, field] of corpus) {
      const what = text.slice(0, 80);
      client.send(text);
      const error = await client.next('error').catch(failure => assert.fail(`${what}: ${failure.message}`));
      assert.equal(error.code, code, `${what}: ${JSON.stringify(error)}`);
      assert.match(error.reason, /^[a-z_]+$/, what);
      assert.equal(typeof error.temporary, 'boolean', what);
      assert.equal(typeof error.details, 'object', what);
      if (field) {
        assert.ok(`${error.message} ${JSON.stringify(error.details)}`.includes(field), `${what} is to name ${field}: ${JSON.stringify(error)}`);
      }
    }
    assert.equal((await client.request({ type: 'auth', token: mint(node.secret, 'clumsy') })).code, 409);
    await client.request({ type: 'message', topic: 'after.all', data: 'alive', whatever: 'is unknown is ignored' });
    assert.equal((await bystander.next('message')).data, 'alive');
    [client, bystander].forEach(one => one.close());
  });

  test('an error of a request carries its id and topic', async () => {
    const client = await person('precise');
    const error = await client.request({ type: 'subscribe', topic: 'user.other', id: 'q-1' });
    assert.deepEqual([error.type, error.code, error.topic, error.id], ['error', 403, 'user.other', 'q-1']);
    client.close();
  });

  test('a binary frame is refused, not fatal', async () => {
    const client = await person('binary');
    client.send(Buffer.from([1, 2, 3]));
    assert.equal((await client.next('error')).code, 400);
    assert.equal((await client.request({ type: 'ping' })).type, 'pong');
    client.close();
  });

  test('who keeps sending what is not JSON is closed with 4400', async () => {
    const client = await person('abuser');
    for (let n = 0; n < 70; n++) {
      client.send('{');
    }
    const closing = await client.next('closing');
    assert.deepEqual([closing.code, closing.reason], [4400, 'protocol_abuse']);
    assert.deepEqual(await client.end().then(({ code, reason }) => [code, String(reason)]), [4400, 'protocol_abuse']);
  });

  test('a frame over the limit ends in 1009 and harms nobody else', async () => {
    const [client, bystander] = await Promise.all([person('huge'), person('small')]);
    client.send(`{"type":"message","topic":"a","data":"${'x'.repeat(2 * 1024 * 1024)}"}`);
    assert.equal((await client.end()).code, 1009);
    assert.equal((await bystander.request({ type: 'ping' })).type, 'pong');
    bystander.close();
  });
});

describe('going', () => {
  test('leave is answered, then the server closes', async () => {
    const client = await person('leaver');
    assert.equal((await client.request({ type: 'leave' })).type, 'left');
    assert.equal((await client.end()).code, 1000);
  });

  test('POST /api/disconnect closes with 4511', async () => {
    const client = await person('unwanted');
    const answer = await fetch(`${node.http}/api/disconnect`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${API_KEY}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ userId: 'unwanted' }),
    });
    assert.ok(answer.ok, `${answer.status} ${await answer.clone().text()}`);
    assert.deepEqual((({ code, reconnect }) => [code, reconnect])(await client.next('closing')), [4511, false]);
    assert.equal((await client.end()).code, 4511);
  });

  test('the server API answers a stranger with a problem', async () => {
    const answer = await fetch(`${node.http}/api/publish`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"topic":"a","data":1}',
    });
    assert.equal(answer.status, 401);
    assert.match(answer.headers.get('content-type'), /^application\/problem\+json/);
    const problem = await answer.json();
    assert.match(problem.reason, /^[a-z_]+$/);
    assert.equal(problem.correlationId, answer.headers.get('x-correlation-id'));
  });
});
