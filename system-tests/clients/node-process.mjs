// Starts vestibule.jar as a process of its own, and ends it.
import { spawn } from 'node:child_process';
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const JAR = process.env.VESTIBULE_JAR ?? fileURLToPath(new URL('../../node/target/vestibule.jar', import.meta.url));
const READY_WITHIN_MS = 180_000;
const STOP_WITHIN_MS = 60_000;
const MOST_LOGGED = 20_000_000;
const SERVES = /^.* node_ready .*\burl=(\S+) /m;

const running = new Set();
process.on('exit', () => running.forEach(child => child.kill('SIGKILL')));

/** A port that nobody listens on at this moment, below those that the kernel gives to whoever connects: nobody takes it by chance until the node does. */
async function freePort() {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer().listen(port, '127.0.0.1');
    if (await once(server, 'listening').then(() => true, () => false)) {
      server.close();
      await once(server, 'close');
      return port;
    }
  }
}

/**
 * Starts a node, a cluster of its own unless `set` says otherwise, and waits until it is ready.
 *
 * @param set configuration, `{'gateway.limits.messages-per-second': 0}`
 * @param secret key of the tokens; null for development mode
 */
export async function startNode({ set = {}, secret = randomBytes(32).toString('hex'), apiKeys = [] } = {}) {
  if (!existsSync(JAR)) {
    throw new Error(`${JAR} is not there: build it with mvn package, or set VESTIBULE_JAR`);
  }
  // Where another has taken the cluster's port meanwhile, the node takes the next one; that of the sockets it finds itself.
  const settings = { 'cluster.name': `clients-${randomUUID()}`, 'cluster.port': await freePort(), ...set };
  const child = spawn('java', ['-XX:TieredStopAtLevel=1', '-Xmx512m', '-jar', JAR, 'run', '--port', '0',
    ...Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      // The developer's own settings would be the node's, and a variable that is no setting of its own is refused.
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VESTIBULE_'))),
      ...(secret && { VESTIBULE_AUTH_JWT_SECRET: secret }),
      ...(apiKeys.length && { VESTIBULE_AUTH_API_KEYS: apiKeys.join(',') }),
    },
  });
  running.add(child);
  const ended = once(child, 'exit').then(([code, signal]) => {
    running.delete(child);
    return { code, signal };
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      // All of it that a test can make: what must be in no line may be in the first.
      log = (log + text).slice(-MOST_LOGGED);
      node.http ??= log.match(SERVES)?.[1];
    });
  }
  const node = {
    secret,
    http: undefined,
    get ws() {
      return this.http.replace('http', 'ws');
    },
    ended,
    log: () => log,
    /** Asks the process to end and waits for it; `{code, signal}`. */
    async stop() {
      child.kill('SIGTERM');
      const patience = new AbortController();
      const overdue = delay(STOP_WITHIN_MS, null, { signal: patience.signal }).then(() => {
        child.kill('SIGKILL');
        throw new Error(`the node did not end within ${STOP_WITHIN_MS} ms of SIGTERM\n${log}`);
      });
      try {
        return await Promise.race([ended, overdue]);
      } finally {
        patience.abort();
      }
    },
  };
  await ready(node, child);
  return node;
}

async function ready(node, child) {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`the node ended before it was ready (${child.exitCode ?? child.signalCode})\n${node.log()}`);
    }
    if (Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`the node was not ready within ${READY_WITHIN_MS} ms\n${node.log()}`);
    }
    const answer = node.http && await fetch(`${node.http}/health/ready`).catch(() => null);
    if (answer?.ok) {
      return;
    }
    await delay(100);
  }
}
