// One person's line to the server: token, socket, handshake, ping, reconnect. It knows the protocol and nothing of the page.

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;
const PING_EVERY_MS = 5000;
const CLOSE_WITHIN_MS = 1000;

/** Asks the node for a development token of the given user. */
export async function mintToken(sub) {
  const response = await fetch('/dev/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ sub }),
  });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail ?? problem.message ?? problem.title ?? `The server answered ${response.status} to the request for a token.`);
  }
  return (await response.json()).token;
}

/** Whether a close means "come back": what `closing` said if it came, else what the range of the close code says. */
export function worthReturning(code, closing) {
  if (closing) {
    return closing.reconnect === true;
  }
  return code !== 1000 && !(code >= 4500 && code <= 4999);
}

/** The pause before the given attempt (from 0): doubling from 1 s to 30 s, never less than the server asked for, with jitter. */
export function backoff(attempt, retryAfterMs = 0, random = Math.random()) {
  const step = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt);
  return Math.max(retryAfterMs, step / 2 + (step / 2) * random);
}

/**
 * Calls `on.state(state)` with `{name: 'offline' | 'connecting' | 'waiting' | 'connected' | 'retrying' | 'closed', ...}`,
 * `on.frame(direction, frame)` for each frame either way and `on.ping(ms)` for each measured round trip.
 */
export class Connection {
  #on;
  #options = null;
  #socket = null;
  #closing = null;
  #attempt = 0;
  #lastId = 0;
  #pings = new Map();
  #timers = { retry: 0, ping: 0, move: 0 };

  constructor(on) {
    this.#on = on;
  }

  /** Opens the line; `options` are `{user, endpoint, token?, reconnect}`, the last a function that is asked at each close. */
  open(options) {
    this.#options = options;
    this.#attempt = 0;
    return this.#connect();
  }

  /** Leaves for good: the server is told, so that nothing is kept for a return. */
  leave() {
    this.#options = null;
    this.#stopTimers();
    if (this.send({ type: 'leave' })) {
      this.#closeSoon();
    } else {
      this.#socket?.close();
    }
    this.#on.state({ name: 'offline' });
  }

  /** Drops the socket as a lost network would, so that the return can be watched. */
  cut() {
    const socket = this.#socket;
    if (socket) {
      socket.close();
      this.#lost(socket, { code: 1006, reason: 'cut by hand' });
    }
  }

  /** Does not wait for the end of the pause between two attempts. */
  retryNow() {
    return this.#connect();
  }

  /** Sends a frame under a new id and returns that id, or null when there is no open socket. */
  request(frame) {
    const id = ++this.#lastId;
    return this.send({ ...frame, id }) ? id : null;
  }

  /** Sends a frame as it is; false when there is no open socket. */
  send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      return false;
    }
    this.#socket.send(JSON.stringify(frame));
    this.#on.frame('out', frame);
    return true;
  }

  async #connect() {
    this.#stopTimers();
    const options = this.#options;
    this.#on.state({ name: 'connecting', attempt: this.#attempt });
    let token;
    try {
      token = options.token || await mintToken(options.user);
    } catch (failure) {
      if (this.#options === options) {
        this.#comeBack({ code: 0, reason: 'no_token', message: failure.message });
      }
      return;
    }
    if (this.#options === options) {
      this.#openSocket(options.endpoint, token);
    }
  }

  #openSocket(endpoint, token) {
    const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${endpoint}`);
    this.#socket = socket;
    this.#closing = null;
    socket.onopen = () => this.request({ type: 'auth', token });
    socket.onmessage = event => this.#socket === socket && this.#receive(event.data);
    socket.onclose = event => this.#lost(socket, event);
  }

  #receive(text) {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      frame = { type: '(not JSON)', text: String(text) };
    }
    this.#on.frame('in', frame);
    switch (frame.type) {
      case 'auth_success':
      case 'reconnect_success':
        this.#attempt = 0;
        this.#startPinging();
        this.#on.state({ name: 'connected', session: frame });
        break;
      case 'queued':
        this.#on.state({ name: 'waiting', queued: frame });
        break;
      case 'auth_error':
        this.#closing = { code: frame.code, reason: frame.reason, reconnect: false };
        this.#closeSoon();
        break;
      case 'closing':
        this.#closing = { ...this.#closing, ...frame };
        break;
      case 'token_expiring':
        this.#refresh();
        break;
      case 'move':
        this.#timers.move = setTimeout(() => this.cut(), Math.random() * (frame.withinMs ?? 0));
        break;
      case 'left':
        this.#socket.close(1000);
        break;
      case 'pong':
        this.#pong(frame);
        break;
    }
  }

  /** The server closes after its last word; this is for one that does not. */
  #closeSoon() {
    const socket = this.#socket;
    setTimeout(() => socket.close(1000), CLOSE_WITHIN_MS);
  }

  /** A token of one's own is not ours to renew: the server will close and say why. */
  async #refresh() {
    if (!this.#options.token) {
      const token = await mintToken(this.#options.user).catch(() => null);
      if (token) {
        this.request({ type: 'refresh', token });
      }
    }
  }

  #startPinging() {
    clearInterval(this.#timers.ping);
    const ping = () => {
      if (!document.hidden) {
        this.#pings.clear();
        this.#pings.set(this.request({ type: 'ping' }), performance.now());
      }
    };
    ping();
    this.#timers.ping = setInterval(ping, PING_EVERY_MS);
  }

  #pong(frame) {
    const sent = this.#pings.get(frame.id);
    if (sent !== undefined) {
      this.#on.ping(performance.now() - sent);
    }
  }

  #lost(socket, { code, reason }) {
    if (this.#socket !== socket) {
      return;
    }
    this.#socket = null;
    if (!this.#options) {
      return;
    }
    this.#stopTimers();
    const closing = this.#closing;
    this.#comeBack({
      code: closing?.code ?? code,
      reason: closing?.reason || reason || (code === 1006 ? 'line lost' : ''),
      message: closing?.message,
      retryAfterMs: closing?.retryAfterMs,
      final: !worthReturning(code, closing),
    });
  }

  #comeBack(end) {
    if (end.final || !this.#options?.reconnect()) {
      this.#options = null;
      this.#on.state({ name: 'closed', ...end });
      return;
    }
    const delay = backoff(this.#attempt++, end.retryAfterMs);
    this.#timers.retry = setTimeout(() => this.#connect(), delay);
    this.#on.state({ name: 'retrying', ...end, delay, attempt: this.#attempt });
  }

  #stopTimers() {
    clearTimeout(this.#timers.retry);
    clearTimeout(this.#timers.move);
    clearInterval(this.#timers.ping);
  }
}
