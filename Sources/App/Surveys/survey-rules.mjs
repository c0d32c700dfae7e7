// SPDX-License-Identifier: Apache-2.0
// The rules of `SurveyContent+Rules.swift` while one types, by the same codes and sentences. The server decides: what it
// refuses beyond these is shown as well.
import { CHOICES, EXCHANGEABLE, isQuestion, nameOf, shownAs } from './survey-model.mjs';

/** Which control of a block's settings a code is about. */
export const CONTROLS = {
  missing_text: 'text', text_too_long: 'text', too_few_options: 'options', too_many_options: 'options',
  option_twice: 'options', not_a_number: 'options', na_twice: 'options', options: 'options', display: 'display',
  no_scale: 'scale', scale_order: 'scale', step: 'scale', too_many_stops: 'scale', not_bindable: 'field',
  unknown_field: 'field', checkbox_bound: 'field', outside_scale: 'field', no_values: 'field', not_whole: 'field',
  incomplete_scale: 'field', field_twice: 'field',
};

const characters = (text) => { let count = 0; for (const _ of text) count += 1; return count; };
const isNumber = (value) => typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= 1e6;
const bytes = new TextEncoder();

/** Checks whole drafts; blocks that stayed the same are not checked again. */
export class Rules {
  #fields;
  #limits;
  #known = new WeakMap();

  constructor(fields, limits) {
    this.#fields = new Map(fields.map((field) => [field.key, field]));
    this.#limits = limits;
  }

  /** Everything that is wrong: `{ place, language, block, control, option, code, key, values }`. */
  check(draft) {
    const found = [];
    const limits = this.#limits;
    const refuse = (control, code, key, values = {}) => found.push({ place: 'form', control, code, key, values });
    const name = characters(nameOf(draft));
    // A form without any name lacks a title, which is said there.
    const isNameless = name < 1 && !draft.name && draft.languages.length > 0;
    if (!isNameless && (name < 1 || name > limits.nameCharacters)) refuse('name', 'bad_name', 'surveys.badName', { limit: limits.nameCharacters });
    const within = (value, [low, high]) => Number.isInteger(value) && value >= low && value <= high;
    if (!within(draft.validDays, limits.validDays)) refuse('validDays', 'bad_validity', 'surveys.badValidity');
    if (!within(draft.editHours, limits.editHours)) refuse('editHours', 'bad_edit_time', 'surveys.badEditTime');
    if (bytes.encode(draft.css).length > limits.styleBytes) refuse('css', 'style_too_long', 'surveys.rule.styleTooLong');
    const fault = styleFault(draft.css);
    if (fault) refuse('css', 'style_unbalanced', `surveys.rule.style.${fault.reason}`);
    for (const version of draft.languages) this.#version(version, found);
    return found;
  }

  #version(version, found) {
    const { language } = version;
    const limits = this.#limits;
    const refuse = (control, code, key, values = {}) => found.push({
      place: language, language, control, code, key: `surveys.rule.${key}`, values: { language, block: '', ...values } });
    this.#text(version.title, limits.titleCharacters, 'noTitle', (code, key, values) => refuse('title', code, key, values));
    if (version.sendButton !== null) {
      this.#text(version.sendButton, limits.sendButtonCharacters, 'noSendButton',
        (code, key, values) => refuse('sendButton', code, key, values));
    }
    if (version.blocks.length > limits.blocks) refuse(null, 'too_many_blocks', 'tooManyBlocks');
    const bound = new Set();
    for (const block of version.blocks) {
      const place = `${language}.${block.key}`;
      const add = (one) => found.push({
        place, language, block: block.key, control: CONTROLS[one.code] ?? 'text', ...one,
        key: `surveys.rule.${one.key}`, values: { language, block: block.text.trim() || block.key, ...one.values } });
      if (block.field && bound.has(block.field)) add({ code: 'field_twice', key: 'fieldTwice' });
      bound.add(block.field);
      for (const one of this.#block(block)) add(one);
    }
  }

  /** What is wrong with one block by itself. */
  #block(block) {
    const known = this.#known.get(block);
    if (known) return known;
    const found = [];
    const refuse = (code, key, values, option) => found.push({ code, key, values, option });
    const limit = isQuestion(block) ? this.#limits.questionCharacters : this.#limits.textCharacters;
    this.#text(block.text, limit, 'noText', refuse);
    if (CHOICES.has(block.kind)) this.#options(block, refuse);
    if (block.kind === 'slider') this.#scale(block, refuse);
    if (block.display && !(EXCHANGEABLE.includes(block.kind) && EXCHANGEABLE.includes(block.display))) refuse('display', 'display');
    if (block.field) this.#binding(block, refuse);
    this.#known.set(block, found);
    return found;
  }

  #text(text, limit, missing, refuse, option) {
    if (!text.trim()) refuse('missing_text', missing, {}, option);
    if (text.length > limit && characters(text) > limit) refuse('text_too_long', 'textTooLong', { limit }, option);
  }

  #options({ options, ...block }, refuse) {
    if (options.length < (shownAs(block) === 'checkbox' ? 1 : 2)) refuse('too_few_options', 'tooFewOptions');
    if (options.length > this.#limits.options) refuse('too_many_options', 'tooManyOptions');
    const seen = new Set();
    options.forEach((option, place) => {
      this.#text(option.text, this.#limits.optionCharacters, 'noOptionText', (code, key, values) => refuse(code, key, values, place));
      const folded = option.text.trim().toLowerCase();
      if (folded && seen.has(folded)) refuse('option_twice', 'optionTwice', {}, place);
      seen.add(folded);
      if (option.value !== null && !isNumber(option.value)) refuse('not_a_number', 'notANumber', {}, place);
    });
    if (options.filter((one) => one.value === null).length > 1) refuse('na_twice', 'notApplicableTwice');
  }

  #scale({ minimum, maximum, step }, refuse) {
    if (![minimum, maximum, step].every(isNumber)) return refuse('no_scale', 'noScale');
    if (maximum <= minimum) return refuse('scale_order', 'scaleOrder');
    if (step <= 0) return refuse('step', 'stepNotPositive');
    const steps = (maximum - minimum) / step;
    if (Math.abs(steps - Math.round(steps)) >= 1e-9) return refuse('step', 'stepDoesNotDivide');
    if (Math.round(steps) + 1 > this.#limits.stops) refuse('too_many_stops', 'tooManyStops');
  }

  #binding(block, refuse) {
    if (!CHOICES.has(block.kind) && block.kind !== 'slider') return refuse('not_bindable', 'notBindable');
    const field = this.#fields.get(block.field);
    if (!field) return refuse('unknown_field', 'unknownField', { field: block.field });
    const scale = { field: field.name, minimum: field.minimum, maximum: field.maximum };
    const values = block.options.map((one) => one.value).filter((value) => value !== null);
    if (shownAs(block) === 'checkbox') {
      if (field.isBuiltIn) return refuse('checkbox_bound', 'checkboxBound', { field: field.name });
      return this.#sum(values, field, scale, refuse);
    }
    if (block.kind === 'slider') {
      const isOther = block.minimum !== field.minimum || block.maximum !== field.maximum;
      if (isOther || (field.kind !== 'average' && block.step !== 1)) refuse('outside_scale', 'sliderScale', scale);
      return;
    }
    if (!values.length) refuse('no_values', 'noValues');
    if (values.some((value) => value < field.minimum || value > field.maximum)) refuse('outside_scale', 'outsideScale', scale);
    if (field.kind === 'average') return;
    if (!values.every(Number.isInteger)) refuse('not_whole', 'notWhole', scale);
    if (!field.isBuiltIn) return;
    const isWhole = new Set(values).size === values.length && values.length === field.maximum - field.minimum + 1
      && values.every((value) => Number.isInteger(value) && value >= field.minimum && value <= field.maximum);
    if (!isWhole) refuse('incomplete_scale', 'incompleteScale', scale);
  }

  #sum(values, field, scale, refuse) {
    if (!values.length) return refuse('no_values', 'noValues');
    const sum = (list) => list.reduce((a, b) => a + b, 0);
    const greatest = Math.max(sum(values.filter((value) => value > 0)), Math.max(...values));
    const least = values.some((value) => value < 0) ? sum(values.filter((value) => value < 0)) : Math.min(...values);
    if (greatest > field.maximum || least < field.minimum) refuse('outside_scale', 'sumOutsideScale', scale);
    if (field.kind !== 'average' && !values.every(Number.isInteger)) refuse('not_whole', 'notWhole', scale);
  }
}

/** What `StyleSheetBalance.swift` finds, with its place: null when everything that is opened is closed. */
export function styleFault(sheet) {
  const open = [];
  const closing = { '{': '}', '[': ']', '(': ')' };
  let place = 0;
  const string = (quote) => {
    while (place < sheet.length) {
      const one = sheet[place++];
      if (one === quote) return true;
      if ('\n\r\f'.includes(one)) return false;
      if (one === '\\') place += 1;
    }
    return false;
  };
  const address = () => {
    while (sheet[place] === ' ' || sheet[place] === '\t') place += 1;
    const quote = sheet[place];
    if (quote === '"' || quote === "'") {
      place += 1;
      return string(quote) && sheet[place++] === ')';
    }
    while (place < sheet.length) {
      const one = sheet[place++];
      if (one === ')') return true;
      if ('"\'(){}[]\\*; \t\r\n\f'.includes(one)) return false;
    }
    return false;
  };
  while (place < sheet.length) {
    const at = place;
    const one = sheet[place++];
    if (one === '/' && sheet[place] === '*') {
      const end = sheet.indexOf('*/', place + 1);
      if (end < 0) return { reason: 'comment', at };
      place = end + 2;
    } else if (one === '"' || one === "'") {
      if (!string(one)) return { reason: 'string', at };
    } else if (one === '\\') {
      return { reason: 'escape', at };
    } else if (one === '(' && sheet.slice(Math.max(0, at - 3), at).toLowerCase() === 'url') {
      if (!address()) return { reason: 'address', at };
    } else if (closing[one]) {
      open.push({ sign: closing[one], at });
    } else if (')]}'.includes(one) && open.pop()?.sign !== one) {
      return { reason: 'brackets', at };
    }
  }
  return open.length ? { reason: 'brackets', at: open.at(-1).at } : null;
}
