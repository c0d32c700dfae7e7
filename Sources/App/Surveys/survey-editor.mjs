// SPDX-License-Identifier: Apache-2.0
// The form editor: its state, what can be done to it, saving. The pieces it draws stand beside it; those that know
// nothing of forms stand in Frame.
import { html, render } from '../web/preact.js';
import { History } from '../Frame/editor-history.mjs';
import { announcer, localizer } from '../Frame/editor-parts.mjs';
import { afterPause, guard, postJSON } from '../Frame/editor-saving.mjs';
import { shortName } from '../Frame/editor-languages.mjs';
import { Workbench } from './survey-workbench.mjs';
import * as model from './survey-model.mjs';
import { differences } from './survey-differences.mjs';
import { CONTROLS, Rules } from './survey-rules.mjs';

const CHECK_MS = 700;
const COUNT_MS = 200;

export default function attach(element) {
  const data = JSON.parse(document.getElementById('editor-model').textContent);
  element.replaceChildren();
  const editor = new Editor(element, data);
  editor.draw();
  element.dataset.ready = '';
}

/** One form in the hands of one person. */
export class Editor {
  constructor(element, data) {
    const t = localizer(data.texts, data.language);
    const names = new Map(data.fields.map((field) => [field.key, field.name]));
    this.t = Object.assign(t, {
      language: data.language, say: announcer(), icon: (kind) => model.ICONS[kind], fieldName: (key) => names.get(key) ?? key });
    this.element = element;
    this.form = data.form;
    this.fields = data.fields;
    this.limits = data.limits;
    this.forms = Object.fromEntries(['save', 'check', 'preview'].map((name) => [name, document.getElementById(`editor-${name}`)]));
    const draft = model.fromServer(data.form);
    this.history = new History(draft, { isSaved: !data.isUnsaved });
    /** What both sides of a conflict have begun with. */
    this.base = draft;
    this.rules = new Rules(data.fields, data.limits);
    this.serverErrors = [];
    this.missing = new Map();
    this.ui = { language: draft.languages[0]?.language, pane: null, dialog: null, toast: null, isSaving: false };
    this.actions = this.makeActions();
    this.history.onChange(() => this.changed());
    guard(() => this.history.isDirty && !this.isLeaving);
    addEventListener('keydown', (event) => this.key(event));
    this.checkLater = afterPause(CHECK_MS, () => this.check());
    this.countLater = afterPause(COUNT_MS, () => this.count());
    this.judge();
    this.count();
  }

  get draft() { return this.history.state; }
  get version() { return model.versionOf(this.draft, this.ui.language) ?? this.draft.languages[0]; }

  // MARK: Drawing

  draw() {
    render(html`<${Workbench} editor=${this} />`, this.element);
    document.title = this.t('surveys.editor.pageTitle', { name: model.nameOf(this.draft) || this.t('surveys.editor.newForm') })
      + (this.history.isDirty ? ' *' : '');
    if (this.focusNext) {
      const place = this.focusNext;
      this.focusNext = null;
      this.element.querySelector(`[data-place="${CSS.escape(place)}"]`)?.focus();
    }
  }

  show(part) {
    Object.assign(this.ui, part);
    this.draw();
  }

  /** After every change: what is wrong is known at once, what the server says of it a little later. */
  changed() {
    if (!model.versionOf(this.draft, this.ui.language)) this.ui.language = this.draft.languages[0]?.language;
    const { pane } = this.ui;
    if (pane && !pane.startsWith('/') && !this.version.blocks.some((block) => block.key === pane)) this.ui.pane = null;
    this.judge();
    this.draw();
    this.checkLater();
    this.countLater();
  }

  judge() {
    const { t } = this;
    // An empty form is no mistake yet.
    const isUntouched = !this.form.id && !this.history.isDirty && !this.serverErrors.length;
    const local = isUntouched ? [] : this.rules.check(this.draft).map((one) => ({ ...one, text: t(one.key, one.values) }));
    const known = new Set(local.map((one) => `${one.place} ${one.code}`));
    this.problems = [...local, ...this.serverErrors.filter((one) => !known.has(`${one.place} ${one.code}`) && one.isStill(this.draft))];
    this.problemTexts = new Map();
    for (const one of this.problems) {
      const before = this.problemTexts.get(one.place);
      if (!before) this.problemTexts.set(one.place, one.text);
      else if (!before.includes(one.text)) this.problemTexts.set(one.place, `${before} ${one.text}`);
    }
  }

  /** Counts for every version what it lacks: it can wait until nothing is typed. */
  count() {
    this.missing = new Map(this.draft.languages.map(({ language }) => [language, model.missing(this.draft, language).length]));
    this.draw();
  }

  // MARK: Changing

  change(draft, tag) { this.history.change(draft, tag); }

  changeBlock(key, part, tag) {
    const { language } = this.ui;
    this.change(model.changeBlock(this.draft, language, key, () => part), tag && `${language}.${key}.${tag}`);
  }

  makeActions() {
    const { t } = this;
    return {
      add: (kind, place) => this.add(kind, place),
      edit: (key) => this.show({ pane: key }),
      editTitle: () => this.show({ pane: '/title' }),
      editImage: () => this.show({ pane: '/image' }),
      moveTo: (from, to) => {
        const block = this.version.blocks[from];
        this.change(model.move(this.draft, this.ui.language, from, to));
        this.sayPlace(block);
      },
      moveBy: (key, step) => {
        const place = this.version.blocks.findIndex((block) => block.key === key);
        const block = this.version.blocks[place];
        const active = document.activeElement;
        const isInside = active?.closest('.paper-block')?.dataset.place === key && !active.matches('.paper-block');
        if (!isInside) this.focusNext = key;
        this.change(model.move(this.draft, this.ui.language, place, place + step));
        if (isInside) (active.isConnected && !active.disabled ? active : this.element.querySelector(`[data-place="${CSS.escape(key)}"]`))?.focus();
        this.sayPlace(block);
      },
      walk: (key, step) => {
        const { blocks } = this.version;
        const next = blocks[blocks.findIndex((block) => block.key === key) + step];
        if (next) this.element.querySelector(`[data-place="${CSS.escape(next.key)}"]`)?.focus();
      },
      copy: (key) => {
        const place = this.version.blocks.findIndex((block) => block.key === key);
        const copy = model.copyOf(this.version.blocks[place], model.newKey(this.draft, this.lastKey));
        this.lastKey = Number(copy.key.slice(1));
        if (this.version.blocks.length >= this.limits.blocks) return this.tell(t('surveys.editor.blocksFull', { limit: this.limits.blocks }));
        this.focusNext = copy.key;
        this.change(model.insert(this.draft, this.ui.language, copy, place + 1));
        this.tell(t('surveys.editor.copied'));
      },
      remove: (key) => {
        const { blocks } = this.version;
        const place = blocks.findIndex((block) => block.key === key);
        const next = blocks[place + 1] ?? blocks[place - 1];
        this.focusNext = next?.key ?? '/title';
        this.change(model.remove(this.draft, this.ui.language, key));
        this.tell(t('surveys.editor.removed', { name: blocks[place].text.trim() || t(`surveys.editor.kind.${blocks[place].kind}`) }), () => this.undo());
      },
    };
  }

  add(kind, place) {
    const { t, version } = this;
    const thanks = version.blocks.at(-1);
    if (kind === 'thanks' && thanks?.kind === 'thanks') {
      this.tell(t('surveys.editor.oneThanks'));
      return this.show({ pane: thanks.key });
    }
    if (version.blocks.length >= this.limits.blocks) return this.tell(t('surveys.editor.blocksFull', { limit: this.limits.blocks }));
    const block = model.newBlock(kind, model.newKey(this.draft, this.lastKey), version.language);
    this.lastKey = Number(block.key.slice(1));
    const chosen = version.blocks.findIndex((one) => one.key === this.ui.pane);
    this.ui.pane = block.key;
    this.change(model.insert(this.draft, version.language, block, place ?? (chosen < 0 ? undefined : chosen + 1)));
    this.element.querySelector(`[data-place="${block.key}"]`)?.scrollIntoView({ block: 'nearest' });
    t.say(t('surveys.editor.added', { kind: t(`surveys.editor.kind.${kind}`) }));
  }

  closePane() {
    this.focusNext = this.ui.pane;
    this.show({ pane: null });
  }

  sayPlace(block) {
    const { blocks } = this.version;
    const { t } = this;
    t.say(t('surveys.editor.movedTo', {
      name: block.text.trim() || t(`surveys.editor.kind.${block.kind}`), place: blocks.findIndex((one) => one.key === block.key) + 1, count: blocks.length }));
  }

  tell(text, undo = null) {
    this.t.say(text);
    this.show({ toast: { text, undo } });
  }

  undo() { if (this.history.canUndo) { this.history.undo(); this.t.say(this.t('frame.editor.undone')); } }
  redo() { if (this.history.canRedo) { this.history.redo(); this.t.say(this.t('frame.editor.redone')); } }

  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    // By the place of the key too: it is Я on a Russian keyboard.
    const isKey = (letter, code) => event.key.toLowerCase() === letter || event.code === code;
    // The style sheet's editor has steps of its own.
    if (event.composedPath().some((one) => one.classList?.contains('cm-editor'))) return;
    if (isKey('s', 'KeyS')) { event.preventDefault(); this.save(); return; }
    if (document.querySelector('dialog[open]:not(.wide)')) return;
    if (isKey('z', 'KeyZ')) { event.preventDefault(); if (event.shiftKey) this.redo(); else this.undo(); }
    if (isKey('y', 'KeyY')) { event.preventDefault(); this.redo(); }
  }

  // MARK: Languages

  addLanguage(language, source) {
    this.ui.language = language;
    this.ui.dialog = this.draft.languages.length > 0 ? 'translation' : null;
    this.change(model.addLanguage(this.draft, language, source));
  }

  deleteLanguage() {
    const { language } = this.ui;
    this.ui.dialog = null;
    this.change(model.deleteLanguage(this.draft, language));
    this.tell(this.t('surveys.editor.languageDeleted', { language: shortName(language, this.t.language) }), () => this.undo());
  }

  takeMissing(found) {
    const { language } = this.ui;
    this.change(found.reduce((draft, one) => model.takeBlock(draft, language, one.key, one.from), this.draft));
  }

  /** Goes to where something is wrong or missing. */
  go({ place, language, block, control }) {
    const { ui } = this;
    ui.dialog = null;
    if (control === 'image') ui.pane = '/image';
    else if (place === 'form') ui.dialog = control === 'css' ? 'css' : 'settings';
    if (language) ui.language = language;
    if (block) ui.pane = block;
    else if (control === 'title' || control === 'sendButton') ui.pane = '/title';
    this.draw();
    if (block) this.element.querySelector(`[data-place="${CSS.escape(block)}"]`)?.scrollIntoView({ block: 'center' });
  }

  // MARK: The server

  /** Asks the server what it would refuse. */
  async check() {
    const { draft } = this;
    this.checking?.abort();
    this.checking = new AbortController();
    try {
      const { status, body } = await postJSON(
        this.forms.check, model.toServer(draft, this.form.revision ?? null), { signal: this.checking.signal });
      if (status !== 200 || draft !== this.draft) return;
      this.takeErrors(body.errors, draft, true);
    } catch (error) {
      if (error.name !== 'AbortError') throw error;
    }
  }

  takeErrors(errors, draft, keepsName = false) {
    const kept = keepsName ? this.serverErrors.filter((one) => one.code === 'name_taken') : [];
    const isNameless = !model.nameOf(draft);
    const told = errors.filter((one) => !(one.code === 'bad_name' && isNameless));
    this.serverErrors = [...kept, ...told.map(({ field, code, detail }) => {
      const isForm = !field || ['name', 'validDays', 'editHours', 'image'].includes(field);
      const [language, block] = isForm ? [] : [field.slice(0, field.indexOf('.') < 0 ? undefined : field.indexOf('.')), field.split('.')[1]];
      const control = code === 'unknown_picture' ? 'image' : isForm ? field ?? 'css' : block ? CONTROLS[code] ?? 'text' : 'title';
      return {
        place: isForm ? 'form' : field, language, block, control, code, text: detail,
        isStill: (now) => (code === 'name_taken' ? model.nameOf(now) === model.nameOf(draft) : now === draft) };
    })];
    this.judge();
    this.draw();
  }

  async save() {
    const { t, ui } = this;
    if (ui.isSaving) return;
    // The form is called as its title unless it was given a name.
    if (!this.draft.name.trim() && model.nameOf(this.draft)) this.change({ ...this.draft, name: model.nameOf(this.draft) });
    const { draft } = this;
    this.show({ isSaving: true, failure: null });
    const { status, body } = await postJSON(this.forms.save, model.toServer(draft, this.form.revision ?? null));
    ui.isSaving = false;
    if (status === 200 || status === 201) return this.saved(draft, body);
    if (status === 409 && body?.code === 'changed_since') return this.met(body.current);
    if (body && (status === 422 || status === 409)) {
      this.takeErrors(body.errors ?? [{ code: body.code, detail: body.detail }], draft);
      this.show({ dialog: 'problems' });
      t.say(t('surveys.editor.notSaved'));
      return;
    }
    const reason = { 0: 'noConnection', 401: 'signedOut', 403: 'signedOut', 404: 'formGone', 413: 'tooLarge' }[status] ?? 'failed';
    this.show({ failure: body?.detail && status === 413 ? body.detail : t(`frame.editor.${reason}`) });
  }

  saved(draft, form) {
    this.form = form;
    this.base = draft;
    this.serverErrors = [];
    this.forms.save.action = `/forms/${form.id}/edit`;
    if (location.pathname !== `/forms/${form.id}/edit` || location.search) history.replaceState(null, '', `/forms/${form.id}/edit`);
    this.history.saved(draft);
    this.judge();
    this.show({ dialog: null });
    this.tell(this.t('surveys.editor.saved', { number: form.number }));
    this.afterSaving?.();
  }

  /** Somebody else was there before. */
  met(current) {
    const theirs = model.fromServer(current);
    const found = differences(this.base, this.draft, theirs, {
      t: this.t, language: (tag) => shortName(tag, this.t.language), block: (block) => this.describe(block) });
    this.show({ dialog: 'conflict', conflict: { current, theirs, found } });
  }

  /** What a block asks, in a few lines. */
  describe(block) {
    const { t } = this;
    const options = block.options.map((one) => `• ${one.text} (${one.value ?? t('surveys.editor.na')})`);
    return [
      `${t(`surveys.editor.kind.${block.display ?? block.kind}`)}: ${block.text}`, block.isRequired && t('surveys.editor.required'),
      block.field && t.fieldName(block.field), block.kind === 'slider' && `${block.minimum}…${block.maximum} / ${block.step}`, ...options,
    ].filter(Boolean).join('\n');
  }

  /** Goes on from the other's state, with one's own or a mixture upon it. */
  settle(draft) {
    const { current, theirs } = this.ui.conflict;
    this.form = current;
    this.base = theirs;
    this.history.saved(theirs);
    Object.assign(this.ui, { dialog: null, conflict: null, pane: null });
    if (draft === theirs) {
      this.change(theirs);
      this.tell(this.t('frame.editor.tookTheirs'), () => this.undo());
    } else {
      this.change(draft);
      this.draw();
      this.save();
    }
  }

  async upload(file) {
    const { t } = this;
    const data = new FormData();
    data.append('picture', file);
    try {
      const token = this.forms.save.elements.form_token.value;
      const reply = await fetch(`/forms/pictures?form_token=${encodeURIComponent(token)}`, {
        method: 'POST', body: data, headers: { 'X-Form-Token': token } });
      const body = (reply.headers.get('Content-Type') ?? '').includes('json') ? await reply.json() : null;
      if (!reply.ok || !body?.picture) return body?.detail ?? t('surveys.editor.imageRefused');
      this.change({ ...this.draft, image: body.picture });
      return null;
    } catch {
      return t('frame.editor.noConnection');
    }
  }

  leave() {
    if (this.history.isDirty) return this.show({ dialog: 'leave' });
    this.goAway();
  }

  goAway() {
    this.isLeaving = true;
    location.assign('/forms');
  }
}
