// Lists that only ever grow at their end, kept short and cheap however fast things arrive, and a few ways to build elements.

/**
 * A bounded list of elements, painted once for each animation frame. It stays at its end while the reader is there and leaves
 * the reader alone otherwise. Additions are functions, so that what falls out before it was painted is never built.
 */
export class Feed {
  #element;
  #max;
  #next = [];
  #scheduled = false;
  #atEnd = true;

  constructor(element, max) {
    this.#element = element;
    this.#max = max;
    element.addEventListener('scroll', () => {
      this.#atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
    }, { passive: true });
    new ResizeObserver(() => this.#keepToEnd()).observe(element);
  }

  add(build) {
    this.#next.push(build);
    if (this.#next.length > this.#max) {
      this.#next.shift();
    }
    if (!this.#scheduled) {
      this.#scheduled = true;
      requestAnimationFrame(() => this.#paint());
    }
  }

  clear() {
    this.#next = [];
    this.#element.replaceChildren();
  }

  #paint() {
    this.#scheduled = false;
    const list = this.#element;
    list.append(...this.#next.map(build => build()));
    this.#next = [];
    while (list.childElementCount > this.#max) {
      list.firstElementChild.remove();
    }
    this.#keepToEnd();
  }

  #keepToEnd() {
    if (this.#atEnd) {
      this.#element.scrollTop = this.#element.scrollHeight;
    }
  }
}

/** An element with attributes and children; text only ever becomes text, never markup. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

/** The elements under `root` that carry `data-ref`, by that name. */
export function refs(root) {
  return Object.fromEntries([...root.querySelectorAll('[data-ref]')].map(element => [element.dataset.ref, element]));
}

/** A button that copies what `text()` gives and says so for a moment. */
export function copyButton(text) {
  return make('button', {
    type: 'button',
    class: 'small',
    async onclick({ currentTarget: button }) {
      try {
        await navigator.clipboard.writeText(text());
        button.textContent = 'Copied';
      } catch {
        button.textContent = 'Not permitted';
      }
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    },
  }, 'Copy');
}

/** Time of day with milliseconds. */
export function clock(date = new Date()) {
  return `${date.toLocaleTimeString([], { hour12: false })}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
