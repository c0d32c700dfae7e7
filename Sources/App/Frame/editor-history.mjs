// SPDX-License-Identifier: Apache-2.0
// Undo and redo for the editors: states are never changed in place, so that a step is a reference to the one before.
const STEPS = 500;
/** Changes of the same thing that follow each other this quickly are one step: what is typed is. */
const TOGETHER_MS = 1500;

export class History {
  #past = [];
  #future = [];
  #last = { tag: null, at: 0 };
  #listeners = new Set();
  #saved;

  constructor(state, { isSaved = true } = {}) {
    this.state = state;
    this.#saved = isSaved ? state : null;
  }

  get canUndo() { return this.#past.length > 0; }
  get canRedo() { return this.#future.length > 0; }
  /** Whether there is anything that was not saved. */
  get isDirty() { return this.state !== this.#saved; }

  /** Goes on to another state; `tag` names what is being changed, such as one field of one block. */
  change(next, tag = null) {
    if (next === this.state) return;
    const now = performance.now();
    const isSame = tag !== null && tag === this.#last.tag && now - this.#last.at < TOGETHER_MS;
    if (!isSame || this.state === this.#saved) {
      this.#past.push(this.state);
      if (this.#past.length > STEPS) this.#past.shift();
    }
    this.#last = { tag, at: now };
    this.#future = [];
    this.#set(next);
  }

  undo() { this.#step(this.#past, this.#future); }
  redo() { this.#step(this.#future, this.#past); }

  #step(from, to) {
    if (!from.length) return;
    to.push(this.state);
    this.#last = { tag: null, at: 0 };
    this.#set(from.pop());
  }

  /** A state has been stored; the present one, where nothing was typed meanwhile. */
  saved(state) {
    this.#saved = state;
    this.#last = { tag: null, at: 0 };
    this.#tell();
  }

  onChange(listener) { this.#listeners.add(listener); }
  #set(state) { this.state = state; this.#tell(); }
  #tell() { for (const listener of this.#listeners) listener(); }
}
