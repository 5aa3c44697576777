// One person on the page: a panel with a door, subscriptions, what arrives and what is said.
import { Connection } from './connection.js';
import { Feed, clock, make, refs } from './feed.js';

const CARDS = 200;

/** What a frame carries, as a person would want to read it. */
function readable(data) {
  if (typeof data === 'string') {
    return make('p', { class: 'text' }, data);
  }
  if (typeof data?.text === 'string' && Object.keys(data).length === 1) {
    return make('p', { class: 'text' }, data.text);
  }
  return make('pre', {}, data === undefined ? '(no data)' : JSON.stringify(data, null, 2));
}

function seconds(ms) {
  return ms < 90_000 ? `${Math.max(1, Math.round(ms / 1000))} s` : `${Math.round(ms / 60_000)} min`;
}

/** A panel built from the page's template; `hooks` are `{frame(person, direction, frame), changed(person), closed(person), announce(text)}`. */
export class Person {
  #ui;
  #hooks;
  #stream;
  #connection;
  #state = { name: 'offline' };
  #userId = null;
  #topics = new Map();
  #pending = new Map();
  #countdown = 0;

  constructor({ name, hue, topics, hooks }) {
    this.element = document.getElementById('person').content.firstElementChild.cloneNode(true);
    this.element.dataset.hue = hue;
    this.hue = hue;
    this.#hooks = hooks;
    this.#ui = refs(this.element);
    this.#stream = new Feed(this.#ui.stream, CARDS);
    this.#connection = new Connection({
      state: state => this.#enter(state),
      frame: (direction, frame) => this.#frame(direction, frame),
      ping: ms => { this.#ui.ping.textContent = `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`; },
    });
    // Radio buttons are grouped by name, and a second panel must be a second group.
    this.#ui.asText.name = this.#ui.asJson.name = `data-as-${hue}`;
    this.#ui.name.value = name;
    this.#ui.topicOut.value = 'lobby.chat';
    topics.forEach(topic => this.#topics.set(topic, 'wanted'));
    this.#listen();
    this.#enter(this.#state);
  }

  get name() {
    return this.#ui.name.value.trim();
  }

  get idle() {
    return this.#state.name === 'offline' || this.#state.name === 'closed';
  }

  get topic() {
    return this.#ui.topicOut.value.trim();
  }

  get pattern() {
    return [...this.#topics.keys()].find(topic => !topic.startsWith('user.')) ?? this.topic;
  }

  connect() {
    if (!this.name) {
      this.#ui.name.focus();
      return;
    }
    this.#connection.open({
      user: this.name,
      endpoint: this.#ui.endpoint.value,
      token: this.#ui.token.value.trim(),
      reconnect: () => this.#ui.reconnect.checked,
    });
  }

  leave() {
    this.#connection.leave();
  }

  #listen() {
    const ui = this.#ui;
    ui.toggle.onclick = () => (this.idle ? this.connect() : this.leave());
    ui.name.oninput = () => this.#naming();
    ui.name.onkeydown = event => event.key === 'Enter' && this.idle && this.connect();
    ui.now.onclick = () => this.#connection.retryNow();
    ui.cut.onclick = () => this.#connection.cut();
    ui.close.onclick = () => {
      this.leave();
      this.#hooks.closed(this);
    };
    ui.subscribeForm.onsubmit = event => {
      event.preventDefault();
      this.#subscribe(ui.topicIn.value.trim());
      ui.topicIn.value = '';
    };
    for (const button of this.element.querySelectorAll('[data-suggest]')) {
      button.onclick = () => this.#subscribe(button.dataset.suggest);
    }
    ui.publishForm.onsubmit = event => {
      event.preventDefault();
      this.#publish();
    };
    ui.topicOut.onchange = () => this.#hooks.changed(this);
    ui.data.oninput = () => this.#drafting();
    ui.asText.onchange = ui.asJson.onchange = () => {
      ui.data.placeholder = ui.asJson.checked ? '{"any": "JSON"}' : 'Say something';
      ui.data.classList.toggle('mono', ui.asJson.checked);
      ui.problem.textContent = '';
    };
    ui.data.onkeydown = event => {
      if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        ui.publishForm.requestSubmit();
      }
    };
  }

  #naming() {
    this.#ui.initial.textContent = [...this.name][0]?.toUpperCase() ?? '';
    this.element.setAttribute('aria-label', this.name || 'Somebody without a name');
    this.#hooks.changed(this);
  }

  /** The text field grows with what is in it, up to the limit that the style sheet sets. */
  #drafting() {
    const { data } = this.#ui;
    data.style.height = 'auto';
    data.style.height = `${data.scrollHeight + 2}px`;
  }

  #enter(state) {
    const before = this.#state.name;
    this.#state = state;
    clearInterval(this.#countdown);
    const ui = this.#ui;
    const connected = state.name === 'connected';
    this.element.dataset.state = state.name;
    ui.state.textContent = this.#inWords(state);
    ui.toggle.classList.toggle('primary', this.idle);
    ui.toggle.textContent = this.idle ? 'Connect' : connected ? 'Leave' : 'Cancel';
    ui.name.readOnly = ui.endpoint.disabled = ui.token.disabled = !this.idle;
    ui.cut.disabled = !connected;
    ui.send.disabled = !connected;
    ui.now.hidden = state.name !== 'retrying';
    if (!connected) {
      ui.ping.textContent = '';
      this.#pending.clear();
      this.#topics.forEach((was, topic) => (was === 'own' ? this.#topics.delete(topic) : this.#topics.set(topic, 'wanted')));
    }
    if (state.name !== before) {
      this.#hooks.announce(`${this.name}: ${ui.state.textContent}`);
    }
    if (state.name === 'retrying') {
      this.#countDown(performance.now() + state.delay);
    }
    if (connected && before !== 'connected') {
      this.#arrived(state.session);
    } else if (before === 'connected' || (state.name === 'closed' && before !== 'closed')) {
      this.#note(state.name === 'closed' ? 'error' : 'plain', ui.state.textContent, state.message);
    }
    this.#showTopics();
    this.#naming();
  }

  #inWords(state) {
    switch (state.name) {
      case 'offline': return 'not connected';
      case 'connecting': return state.attempt ? `connecting, attempt ${state.attempt + 1}` : 'connecting';
      case 'connected': return 'connected';
      case 'waiting': {
        const { position, waiting, etaMs } = state.queued;
        return `waiting, ${position} of ${waiting}${etaMs == null ? '' : `, about ${seconds(etaMs)}`}`;
      }
      case 'retrying': return `${state.code || ''} ${state.reason}, again in ${seconds(state.delay)}`.trim();
      default: return ['closed', state.code || '', state.reason].filter(Boolean).join(' ');
    }
  }

  #countDown(until) {
    this.#countdown = setInterval(() => {
      const left = Math.max(0, until - performance.now());
      this.#ui.state.textContent = this.#inWords({ ...this.#state, delay: left });
    }, 500);
  }

  #arrived(session) {
    this.#userId = session.userId;
    this.#note('plain', `${session.userId} is in.`);
    this.#ui.facts.replaceChildren(...Object.entries({
      connection: session.connectionId,
      session: session.sessionId,
      'token until': session.expiresAt && new Date(session.expiresAt).toLocaleTimeString(),
      'heartbeat, ms': session.heartbeat && `${session.heartbeat.intervalMs} / ${session.heartbeat.timeoutMs}`,
      'message, bytes': session.limits?.maxMessageBytes,
      subscriptions: session.limits?.maxSubscriptions,
      'messages/s': session.limits?.messagesPerSecond,
    }).filter(([, value]) => value !== undefined && value !== null)
      .flatMap(([term, value]) => [make('dt', {}, term), make('dd', {}, String(value))]));
    for (const topic of this.#topics.keys()) {
      this.#ask('subscribe', topic);
    }
  }

  // Subscriptions

  #subscribe(topic) {
    if (topic && this.#topics.get(topic) !== 'on') {
      this.#topics.set(topic, 'wanted');
      this.#ask('subscribe', topic);
      this.#showTopics();
      this.#hooks.changed(this);
    }
  }

  #unsubscribe(topic) {
    const wasOn = this.#topics.get(topic) === 'on';
    if (wasOn) {
      this.#ask('unsubscribe', topic);
    }
    this.#topics.delete(topic);
    this.#showTopics();
    this.#hooks.changed(this);
  }

  #ask(type, topic) {
    const id = this.#connection.request({ type, topic });
    if (id !== null) {
      this.#pending.set(id, { type, topic });
    }
  }

  #showTopics() {
    this.#ui.chips.replaceChildren(...[...this.#topics].map(([topic, state]) => make('li', { class: 'chip', 'data-chip': state },
      make('span', {}, topic),
      state === 'own' ? null : make('button', {
        type: 'button',
        'aria-label': `Unsubscribe from ${topic}`,
        onclick: () => this.#unsubscribe(topic),
      }, '×'))));
  }

  // Publishing

  #publish() {
    const ui = this.#ui;
    ui.problem.textContent = '';
    let data = ui.data.value;
    if (!data.trim()) {
      ui.data.focus();
      return;
    }
    if (ui.asJson.checked) {
      try {
        data = JSON.parse(data);
      } catch (failure) {
        ui.problem.textContent = `This is not JSON yet: ${failure.message}.`;
        ui.data.focus();
        return;
      }
    }
    const eventType = ui.eventType.value.trim();
    const message = { type: 'message', topic: this.topic, data, ...(eventType && { eventType }), ...(!ui.echo.checked && { echo: false }) };
    const id = this.#connection.request(message);
    if (id === null) {
      ui.problem.textContent = 'Not connected: what you wrote is kept here.';
      return;
    }
    this.#pending.set(id, message);
    ui.data.value = '';
    this.#drafting();
  }

  // What arrives

  #frame(direction, frame) {
    this.#hooks.frame(this, direction, frame);
    if (direction === 'out') {
      return;
    }
    const asked = this.#pending.get(frame.id);
    this.#pending.delete(frame.id);
    switch (frame.type) {
      case 'subscribed':
        this.#topics.set(frame.topic, frame.auto ? 'own' : 'on');
        this.#showTopics();
        break;
      case 'message':
        this.#card(frame, frame.metadata?.senderId === this.#userId);
        break;
      case 'ack':
        if (asked?.echo === false) {
          this.#card({ ...asked, metadata: { senderId: this.#userId } }, true, 'not echoed');
        }
        break;
      case 'error':
        this.#refused(frame, asked);
        break;
      case 'auth_error':
        this.#note('error', frame.message ?? 'The server refused the token.', `${frame.code} ${frame.reason}`);
        break;
      case 'gap':
        this.#note('error', `Messages of ${frame.topic} are missing here: they are no longer to be had.`);
        break;
    }
  }

  #refused(frame, asked) {
    if (asked?.type === 'subscribe') {
      this.#topics.delete(asked.topic);
      this.#showTopics();
    }
    const retry = frame.retryAfterMs ? `, again in ${seconds(frame.retryAfterMs)}` : '';
    const about = frame.topic ?? asked?.topic;
    this.#note('error', frame.message ?? frame.reason, `${frame.code} ${frame.reason}${about ? ` · ${about}` : ''}${retry}`);
  }

  #card(frame, mine, remark) {
    const at = clock(frame.timestamp ? new Date(frame.timestamp) : new Date());
    this.#stream.add(() => make('article', { class: 'card', 'data-mine': mine },
      make('header', {},
        make('b', {}, frame.metadata?.senderId ?? 'server'),
        frame.eventType ? make('span', { class: 'tag' }, frame.eventType) : null,
        make('time', {}, at.slice(0, 8))),
      readable(frame.data),
      make('footer', {},
        make('span', {}, frame.topic),
        frame.pattern ? make('span', { title: 'the wildcard subscription that matched' }, `via ${[frame.pattern].flat().join(', ')}`) : null,
        frame.offset === undefined ? null : make('span', { title: 'offset in the durable topic' }, `#${frame.offset}`),
        remark ? make('span', {}, remark) : null)));
  }

  #note(kind, text, detail) {
    this.#stream.add(() => make('p', { class: 'note', 'data-kind': kind }, text, detail ? make('small', {}, detail) : null));
  }
}
