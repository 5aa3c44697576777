// The frame inspector: everything that crosses the wire, newest last.
import { Feed, clock, copyButton, make } from './feed.js';

const ROWS = 300;
const HELD = 300;
const SUMMARY = 220;

const KINDS = [
  [/^(error|auth_error|reconnect_failed|closing|gap|\(not JSON\))$/, 'bad'],
  [/^(auth|queued|reconnect|refresh|token_expiring|leave|left|move)/, 'door'],
  [/^(message|ack|history|rpc)/, 'talk'],
  [/^(subscribe|unsubscribe)/, 'topic'],
  [/^(ping|pong|health)/, 'beat'],
];

function kindOf(type) {
  return KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? 'other';
}

/** The inspector over the elements of the page: `filter`, `whose`, `beats`, `pause`, `clear`, `frameList`, `framesEmpty`, `tally`. */
export class Frames {
  #ui;
  #feed;
  #held = [];
  #counts = { in: 0, out: 0 };

  constructor(ui) {
    this.#ui = ui;
    this.#feed = new Feed(ui.frameList, ROWS);
    ui.filter.oninput = ui.whose.onchange = ui.beats.onchange = () => this.#filterAll();
    ui.pause.onclick = () => this.#pause(ui.pause.getAttribute('aria-pressed') !== 'true');
    ui.clear.onclick = () => {
      this.#held = [];
      this.#feed.clear();
      this.#tell();
    };
    this.#tell();
  }

  /** Offers the people of the page as a filter. */
  people(people) {
    const { whose } = this.#ui;
    const chosen = whose.value;
    whose.replaceChildren(make('option', { value: '' }, 'Everyone'),
      ...people.map(person => make('option', { value: person.hue }, person.name || '?')));
    whose.value = people.some(person => String(person.hue) === chosen) ? chosen : '';
    this.#filterAll();
  }

  add(person, direction, frame) {
    this.#counts[direction]++;
    this.#ui.framesEmpty.hidden = true;
    const build = this.#row(person, direction, frame, clock());
    if (this.#ui.pause.getAttribute('aria-pressed') === 'true') {
      this.#held.push(build);
      if (this.#held.length > HELD) {
        this.#held.shift();
      }
    } else {
      this.#feed.add(build);
    }
    this.#tell();
  }

  #row(person, direction, frame, at) {
    const { hue, name } = person;
    const type = String(frame.type);
    const line = JSON.stringify(frame);
    return () => {
      const details = make('details', {},
        make('summary', {},
          make('time', {}, at),
          make('span', { class: 'way', title: direction === 'in' ? `server to ${name}` : `${name} to server` },
            make('span', { class: 'sr' }, direction === 'in' ? 'received by' : 'sent by'), direction === 'in' ? '↓' : '↑'),
          make('span', { class: 'dot' }, name),
          make('span', { class: 'kind' }, type),
          make('span', { class: 'brief' }, summary(frame))));
      details.addEventListener('toggle', () => details.childElementCount > 1 || details.append(make('div', { class: 'whole' },
        make('pre', { tabindex: 0 }, JSON.stringify(frame, null, 2)),
        copyButton(() => line))), { once: true });
      const row = make('li', { 'data-hue': hue, 'data-way': direction, 'data-kind': kindOf(type) }, details);
      row.searchable = line.toLowerCase();
      this.#filter(row);
      return row;
    };
  }

  #filter(row) {
    const { filter, whose, beats } = this.#ui;
    row.hidden = (row.dataset.kind === 'beat' && !beats.checked)
      || (whose.value !== '' && row.dataset.hue !== whose.value)
      || !row.searchable.includes(filter.value.trim().toLowerCase());
  }

  #filterAll() {
    for (const row of this.#ui.frameList.children) {
      this.#filter(row);
    }
  }

  #pause(paused) {
    const { pause } = this.#ui;
    pause.setAttribute('aria-pressed', String(paused));
    if (!paused) {
      this.#held.forEach(build => this.#feed.add(build));
      this.#held = [];
    }
    this.#tell();
  }

  #tell() {
    const { pause, tally } = this.#ui;
    const held = this.#held.length;
    pause.textContent = pause.getAttribute('aria-pressed') === 'true' ? `Go on${held ? ` (${held})` : ''}` : 'Pause';
    tally.textContent = `${this.#counts.in} in · ${this.#counts.out} out · the last ${ROWS} are kept`;
  }
}

/** One line without what the row says already. */
function summary({ type, timestamp, ...rest }) {
  const line = JSON.stringify(rest);
  return line.length > SUMMARY ? `${line.slice(0, SUMMARY)}…` : line === '{}' ? '' : line;
}
