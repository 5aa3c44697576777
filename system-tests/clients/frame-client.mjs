// A client of the core dialect over anything that looks like a socket: frames out, frames awaited by what is in them.
import { isDeepStrictEqual } from 'node:util';

/** Enough for anything that works, on any machine; what nobody waits for any more does not keep the process. */
const WITHIN_MS = 60_000;

/** Whether `frame` has everything that `wanted` has; a string stands for the type. */
function fits(frame, wanted) {
  if (typeof wanted === 'function') {
    return wanted(frame);
  }
  const fields = typeof wanted === 'string' ? { type: wanted } : wanted;
  return Object.entries(fields).every(([name, value]) => isDeepStrictEqual(frame[name], value));
}

export class FrameClient {
  /** Frames that nobody has asked for yet, in the order of arrival. */
  frames = [];
  #socket;
  #waiting = new Set();
  #lastId = 0;

  /** @param socket has `onopen`, `onmessage`, `onclose`, `send` and `close`, as WebSocket and SockJS do */
  constructor(socket) {
    this.#socket = socket;
    this.opened = new Promise((resolve, reject) => {
      socket.onopen = () => resolve(this);
      socket.onerror = event => reject(event.error ?? new Error(event.message ?? 'the socket failed'));
    });
    this.opened.catch(() => {});
    this.closed = new Promise(resolve => {
      socket.onclose = ({ code, reason }) => resolve({ code, reason });
    });
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data);
      const waiter = [...this.#waiting].find(({ wanted }) => fits(frame, wanted));
      if (waiter) {
        waiter.take(frame);
      } else {
        this.frames.push(frame);
      }
    };
  }

  send(frame) {
    this.#socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** Sends a frame with a new id and waits for the frame that echoes it. */
  async request(frame) {
    const id = frame.id ?? ++this.#lastId;
    this.send({ ...frame, id });
    return this.next({ id });
  }

  /** Takes the first frame that fits, from what has come already or is still to come. */
  next(wanted, withinMs = WITHIN_MS) {
    const here = this.frames.findIndex(frame => fits(frame, wanted));
    if (here >= 0) {
      return Promise.resolve(this.frames.splice(here, 1)[0]);
    }
    return new Promise((resolve, reject) => {
      const waiter = {
        wanted,
        take: frame => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          resolve(frame);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(waiter);
        reject(new Error(`no frame like ${JSON.stringify(wanted)} within ${withinMs} ms; there are ${JSON.stringify(this.frames)}`));
      }, withinMs).unref();
      this.#waiting.add(waiter);
    });
  }

  /** Waits for the end of the connection. */
  async end(withinMs = WITHIN_MS) {
    let timer;
    const overdue = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not closed within ${withinMs} ms; there are ${JSON.stringify(this.frames)}`)), withinMs).unref();
    });
    return Promise.race([this.closed, overdue]).finally(() => clearTimeout(timer));
  }

  async auth(token) {
    const answer = await this.request({ type: 'auth', token });
    if (answer.type !== 'auth_success') {
      throw new Error(`not let in: ${JSON.stringify(answer)}`);
    }
    await this.next({ type: 'subscribed', auto: true });
    return answer;
  }

  async subscribe(...topics) {
    for (const topic of topics) {
      const answer = await this.request({ type: 'subscribe', topic });
      if (answer.type !== 'subscribed') {
        throw new Error(`not subscribed to ${topic}: ${JSON.stringify(answer)}`);
      }
    }
  }

  close() {
    this.#socket.close();
  }
}
