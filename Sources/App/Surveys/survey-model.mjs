// SPDX-License-Identifier: Apache-2.0
// A form while it is edited: changes are new objects that share what stayed the same, so that undo is cheap and only
// what differs is drawn again.
import { moved } from '../Frame/editor-canvas.mjs';

export const CHOICES = new Set(['checkbox', 'radio', 'radio_horizontal', 'dropdown', 'yes_no', 'yes_no_na']);
export const EXCHANGEABLE = ['checkbox', 'radio', 'radio_horizontal', 'dropdown'];

/** The palette: what customers answer, and what they only read. */
export const PALETTE = [
  { group: 'questions', kinds: ['checkbox', 'radio', 'radio_horizontal', 'dropdown', 'yes_no', 'yes_no_na', 'slider', 'notes'] },
  { group: 'elements', kinds: ['text', 'thanks'] },
];
export const ICONS = {
  checkbox: 'square-check', radio: 'circle-dot', radio_horizontal: 'ellipsis', dropdown: 'square-chevron-down',
  yes_no: 'thumbs-up', yes_no_na: 'list-checks', slider: 'sliders-horizontal', notes: 'message-square-text',
  text: 'text-align-start', thanks: 'heart',
};

const PRESETS = {
  ru: {
    yes: 'Да', no: 'Нет', na: 'Н/Д', option: 'Вариант', thanks: 'Спасибо за заполнение анкеты!', send: 'Отправить',
    choose: 'Выберите…', must: 'обязательный' },
  en: {
    yes: 'Yes', no: 'No', na: 'N/A', option: 'Option', thanks: 'Thank you for your answers!', send: 'Send',
    choose: 'Choose…', must: 'required' },
};
/** The words of a language: what blocks begin with, and what the customer's page says by itself. */
export const preset = (language) => PRESETS[language.toLowerCase().split('-')[0]] ?? PRESETS.en;

export const shownAs = (block) => block.display ?? block.kind;
export const isQuestion = (block) => block.kind !== 'text' && block.kind !== 'thanks';

// MARK: Between the server and the editor

/** The state of the editor out of what the server says. */
export function fromServer(form) {
  return {
    name: form.name, validDays: form.validDays, editHours: form.editHours, css: form.content.css ?? '',
    image: form.content.image ?? null,
    languages: form.content.languages.map((one) => ({
      language: one.language, title: one.title, sendButton: one.sendButton ?? null, blocks: one.blocks.map(readBlock) })),
  };
}

function readBlock(block) {
  return {
    key: block.key, kind: block.kind, text: block.text, isRequired: block.isRequired, field: block.field ?? null,
    display: block.display ?? null, options: block.options.map((one) => ({ text: one.text, value: one.value ?? null })),
    minimum: block.minimum ?? null, maximum: block.maximum ?? null, step: block.step ?? null,
  };
}

/** What the server is sent: a form without a name in the list is called as its title. */
export function toServer(draft, revision) {
  return {
    name: nameOf(draft), validDays: draft.validDays, editHours: draft.editHours, revision,
    content: contentOf(draft, draft.languages) };
}

export function contentOf(draft, languages) {
  return { css: draft.css, ...(draft.image && { image: draft.image }), languages };
}

export const nameOf = (draft) => draft.name.trim() || (draft.languages[0]?.title ?? '').trim();
export const versionOf = (draft, language) => draft.languages.find((one) => one.language === language);

// MARK: Changing

export function changeVersion(draft, language, change) {
  let isOther = false;
  const languages = draft.languages.map((one) => {
    if (one.language !== language) return one;
    const next = { ...one, ...change(one) };
    isOther = true;
    return next;
  });
  return isOther ? { ...draft, languages } : draft;
}

export function changeBlock(draft, language, key, change) {
  return changeVersion(draft, language, (version) => ({
    blocks: version.blocks.map((block) => (block.key === key ? { ...block, ...change(block) } : block)) }));
}

/** A key that no version uses yet: answers are kept under keys, so that an old one must not come back by chance. */
export function newKey(draft, used = 0) {
  let last = used;
  for (const version of draft.languages) {
    for (const block of version.blocks) {
      const number = /^q([0-9]{1,6})$/.exec(block.key);
      if (number) last = Math.max(last, Number(number[1]));
    }
  }
  return `q${last + 1}`;
}

/** A new block of a kind, with what its kind is known for. */
export function newBlock(kind, key, language) {
  const words = preset(language);
  const block = {
    key, kind, text: kind === 'thanks' ? words.thanks : '', isRequired: false, field: null, display: null, options: [],
    minimum: null, maximum: null, step: null };
  if (kind === 'slider') return { ...block, minimum: 1, maximum: 10, step: 1 };
  if (kind === 'yes_no' || kind === 'yes_no_na') block.options = yesNo(words, kind === 'yes_no_na');
  else if (CHOICES.has(kind)) block.options = [1, 2].map((value) => ({ text: `${words.option} ${value}`, value }));
  return block;
}

const yesNo = (words, hasNA) => [
  { text: words.yes, value: 1 }, { text: words.no, value: 0 }, ...(hasNA ? [{ text: words.na, value: null }] : [])];

/** Puts a block at a place; the thank you stays last. */
export function insert(draft, language, block, place) {
  return changeVersion(draft, language, ({ blocks }) => {
    const end = blocks.at(-1)?.kind === 'thanks' ? blocks.length - 1 : blocks.length;
    const at = block.kind === 'thanks' ? blocks.length : Math.max(0, Math.min(place ?? end, end));
    return { blocks: [...blocks.slice(0, at), block, ...blocks.slice(at)] };
  });
}

export const remove = (draft, language, key) => changeVersion(draft, language, ({ blocks }) => ({
  blocks: blocks.filter((block) => block.key !== key) }));

export const move = (draft, language, from, to) => changeVersion(draft, language, ({ blocks }) => {
  const end = blocks.at(-1)?.kind === 'thanks' ? blocks.length - 1 : blocks.length;
  return from === to || to < 0 || to >= end ? {} : { blocks: moved(blocks, from, to) };
});

/** A copy of a block with a key of its own; a field counts once, so that the copy is bound to none. */
export const copyOf = (block, key) => ({ ...block, key, field: null });

export function nextOption(block, language) {
  const numbers = block.options.map((one) => one.value).filter((value) => value !== null);
  const value = numbers.length ? Math.max(...numbers) + 1 : 1;
  return { text: `${preset(language).option} ${block.options.length + 1}`, value };
}

/** Binds a block to a field: a slider takes its scale over, a choice its values where it has others. */
export function bind(block, field, language) {
  if (!field) return { field: null };
  if (block.kind === 'slider') {
    const keeps = field.kind === 'average' && block.minimum === field.minimum && block.maximum === field.maximum;
    return { field: field.key, minimum: field.minimum, maximum: field.maximum, step: keeps ? block.step : 1 };
  }
  if (shownAs(block) === 'checkbox' || fits(block, field)) return { field: field.key };
  const words = preset(language);
  const without = block.options.filter((one) => one.value === null);
  if (field.kind === 'percentage') {
    const [yes, no] = yesNo(words, false);
    return { field: field.key, options: [textFor(block, yes), textFor(block, no), ...without] };
  }
  const count = field.maximum - field.minimum + 1;
  if (!Number.isInteger(field.minimum) || !Number.isInteger(count) || count > 100) return { field: field.key };
  const values = Array.from({ length: count }, (_, place) => field.minimum + place);
  return { field: field.key, options: [...values.map((value) => ({ text: String(value), value })), ...without] };
}

/** The words that an option of the same value has already, unless they were only counted through. */
function textFor(block, option) {
  const known = block.options.find((one) => one.value === option.value);
  return known && !/^(Вариант|Option) [0-9]+$/.test(known.text) ? known : option;
}

function fits(block, field) {
  const values = block.options.map((one) => one.value).filter((value) => value !== null);
  if (!values.length || values.some((value) => value < field.minimum || value > field.maximum)) return false;
  if (field.kind !== 'average' && values.some((value) => !Number.isInteger(value))) return false;
  if (!field.isBuiltIn || field.kind === 'average') return field.kind === 'average' && values.length > 2;
  return new Set(values).size === values.length && values.length === field.maximum - field.minimum + 1;
}

// MARK: Languages

/** A version that begins as a copy to translate. */
export function addLanguage(draft, language, source) {
  const copied = versionOf(draft, source);
  return { ...draft, languages: [...draft.languages, { ...copied, language, sendButton: null }] };
}

export const deleteLanguage = (draft, language) => ({
  ...draft, languages: draft.languages.filter((one) => one.language !== language) });

/**
 * What a version lacks beside the others, as `{ kind, key, from }`: blocks that only others have, texts that are still
 * those of another version, settings that differ.
 */
export function missing(draft, language) {
  const own = versionOf(draft, language);
  const others = draft.languages.filter((one) => one.language !== language);
  const found = [];
  if (!own || !others.length) return found;
  const first = draft.languages[0] === own ? null : draft.languages[0];
  if (first && own.title && own.title === first.title) found.push({ kind: 'title', key: null, from: first.language });
  const blocks = new Map(own.blocks.map((block) => [block.key, block]));
  const told = new Set();
  for (const other of others) {
    for (const block of other.blocks) {
      const mine = blocks.get(block.key);
      if (!mine) {
        const hasThanks = block.kind === 'thanks' && own.blocks.at(-1)?.kind === 'thanks';
        if (!hasThanks && !told.has(block.key)) found.push({ kind: 'block', key: block.key, from: other.language });
        told.add(block.key);
      } else if (other === first) {
        if (mine.text && mine.text === block.text && /\p{L}/u.test(mine.text)) {
          found.push({ kind: 'text', key: block.key, from: other.language });
        } else if (!isAlike(mine, block)) {
          found.push({ kind: 'settings', key: block.key, from: other.language });
        }
      }
    }
  }
  return found;
}

/** Whether two blocks are the same question but for their words. */
function isAlike(a, b) {
  return a === b || (a.kind === b.kind && a.field === b.field && a.isRequired === b.isRequired && a.minimum === b.minimum
    && a.maximum === b.maximum && a.step === b.step && a.options.length === b.options.length
    && a.options.every((one, place) => one.value === b.options[place].value));
}

/** Takes a block over from another version, behind the block that it follows there. */
export function takeBlock(draft, language, key, from) {
  const { blocks } = versionOf(draft, from);
  const place = blocks.findIndex((block) => block.key === key);
  const own = versionOf(draft, language).blocks;
  const before = blocks.slice(0, place).reverse().find((block) => own.some((one) => one.key === block.key));
  const at = before ? own.findIndex((one) => one.key === before.key) + 1 : 0;
  return insert(draft, language, blocks[place], at);
}
