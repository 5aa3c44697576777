// The development page: puts people, the frame inspector and the snippets together.
import { refs } from './feed.js';
import { Frames } from './frames.js';
import { Person } from './person.js';
import { showSnippets } from './snippets.js';

const NAMES = ['Ada', 'Bruno', 'Cleo', 'Dara', 'Emil', 'Fumi', 'Gita', 'Hugo', 'Ines', 'Juno', 'Kofi', 'Lena', 'Milo',
  'Nia', 'Otto', 'Pia', 'Quinn', 'Rosa', 'Sami', 'Tove', 'Uma', 'Vito', 'Wren', 'Yara', 'Zeno'];
const MOST_PEOPLE = 4;
const THEMES = ['auto', 'light', 'dark'];

const ui = refs(document);
const frames = new Frames(ui);
const people = [];

function unusedName() {
  const free = NAMES.filter(name => people.every(person => person.name !== name));
  return free[Math.floor(Math.random() * free.length)];
}

function addPerson() {
  const hue = [0, 1, 2, 3].find(candidate => people.every(person => person.hue !== candidate));
  const person = new Person({
    name: unusedName(),
    hue,
    // One listens to the topic itself and the next to a pattern, so that the first minute shows both.
    topics: [hue % 2 ? 'lobby.*' : 'lobby.chat'],
    hooks: {
      frame: (who, direction, frame) => frames.add(who, direction, frame),
      changed: refresh,
      closed: removePerson,
      announce: text => { ui.announce.textContent = text; },
    },
  });
  people.push(person);
  ui.people.append(person.element);
  refresh();
  return person;
}

function removePerson(person) {
  people.splice(people.indexOf(person), 1);
  person.element.remove();
  refresh();
  ui.addPerson.focus();
}

let before = '';

/** Brings everything that depends on the people in line with them. */
function refresh() {
  ui.addPerson.disabled = people.length === MOST_PEOPLE;
  ui.people.dataset.count = people.length;
  ui.welcome.hidden = people.length < 2 || people.some(person => !person.idle);
  const [first] = people;
  const now = JSON.stringify([people.map(person => person.name), first?.topic, first?.pattern]);
  if (now !== before) {
    before = now;
    frames.people(people);
    showSnippets(ui.snippets, first?.topic || 'lobby.chat', first?.pattern || 'lobby.*');
  }
}

function tabs() {
  const all = [...document.querySelectorAll('[role=tab]')];
  const select = (chosen, focus) => {
    for (const tab of all) {
      const on = tab === chosen;
      tab.setAttribute('aria-selected', String(on));
      tab.tabIndex = on ? 0 : -1;
      document.getElementById(tab.getAttribute('aria-controls')).hidden = !on;
    }
    if (focus) {
      chosen.focus();
    }
  };
  all.forEach((tab, index) => {
    tab.onclick = () => select(tab);
    tab.onkeydown = ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (step) {
        select(all[(index + step + all.length) % all.length], true);
      }
    };
  });
}

function theme() {
  let chosen = 'auto';
  try {
    chosen = localStorage.getItem('vestibule.theme') ?? chosen;
  } catch {
    // Storage may be switched off; then the choice lasts as long as the page.
  }
  const apply = () => {
    document.documentElement.dataset.theme = chosen;
    ui.theme.textContent = `Colours: ${chosen}`;
  };
  ui.theme.onclick = () => {
    chosen = THEMES[(THEMES.indexOf(chosen) + 1) % THEMES.length];
    apply();
    try {
      localStorage.setItem('vestibule.theme', chosen);
    } catch {
      // As above.
    }
  };
  if (!THEMES.includes(chosen)) {
    chosen = 'auto';
  }
  apply();
}

theme();
tabs();
ui.place.textContent = location.host;
ui.addPerson.onclick = () => addPerson().element.querySelector('.name').select();
ui.connectAll.onclick = () => people.filter(person => person.idle).forEach(person => person.connect());
addPerson();
addPerson();
