// SPDX-License-Identifier: Apache-2.0
// The settings beside the canvas: of a block, of the title, of the image. What is typed counts at once; Undo takes it
// back.
import { html, useEffect, useLayoutEffect, useRef, useState } from '../web/preact.js';
import { canvas, moveKey } from '../Frame/editor-canvas.mjs';
import { Field, Icon, Tool, useID } from '../Frame/editor-parts.mjs';
import { bind, CHOICES, EXCHANGEABLE, nextOption, shownAs } from './survey-model.mjs';

/** A dialog beside what it is about; Escape closes it. */
export function Pane({ title, icon, t, close, name, children }) {
  const element = useRef();
  const id = useID();
  useLayoutEffect(() => { element.current.querySelector('[data-first]')?.focus({ preventScroll: true }); }, [name]);
  const key = (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    close();
  };
  return html`<section class="work-pane" role="dialog" aria-labelledby=${id} ref=${element} onKeyDown=${key}>
    <div class="pane-head"><h2 id=${id}><${Icon} name=${icon} />${title}</h2><${Tool} icon="x" label=${t('frame.editor.close')} onClick=${close} /></div>
    ${children}<div class="pane-foot"><${Tool} words=${t('frame.editor.done')} onClick=${close} /></div></section>`;
}

/** Every setting of a block (spec 3.3). `change(part, tag)` takes what is new. */
export function BlockPane({ block, version, fields, t, problems, change, close, limits }) {
  const of = (control) => problems.filter((one) => one.control === control && one.option === undefined).map((one) => one.text);
  const isText = block.kind === 'text' || block.kind === 'thanks';
  const isChoice = CHOICES.has(block.kind);
  const limit = isText ? limits.textCharacters : limits.questionCharacters;
  return html`<${Pane} title=${t(`surveys.editor.kind.${block.kind}`)} icon=${t.icon(block.kind)} t=${t} close=${close} name=${block.key}>
    <${Field} as="textarea" data-first rows=${isText ? 6 : 3} label=${t(isText ? 'surveys.editor.text' : 'surveys.editor.question')}
      value=${block.text} lang=${version.language} problems=${of('text')}
      hint=${block.text.length > limit * 0.8 ? t('surveys.editor.characters', { count: [...block.text].length, limit }) : null}
      onInput=${(event) => change({ text: event.target.value }, 'text')} />
    ${!isText && html`<${Field} box as="input" type="checkbox" label=${t('surveys.editor.required')} checked=${block.isRequired}
      onChange=${(event) => change({ isRequired: event.target.checked })} />`}
    ${(isChoice || block.kind === 'slider') && html`<${FieldChoice} ...${{ block, version, fields, t, problems: of('field'), change }} />`}
    ${EXCHANGEABLE.includes(block.kind) && html`<${Field} as="select" label=${t('surveys.editor.display')} value=${shownAs(block)} problems=${of('display')}
      onChange=${(event) => change({ display: event.target.value === block.kind ? null : event.target.value })}>
      ${EXCHANGEABLE.map((kind) => html`<option key=${kind} value=${kind}>${t(`surveys.editor.kind.${kind}`)}</option>`)}<//>`}
    ${block.kind === 'slider' && html`<${Scale} ...${{ block, t, problems: of('scale'), change }} />`}
    ${isChoice && html`<${Options} ...${{ block, language: version.language, t, problems, change, limits }} />`}<//>`;
}

/** Which field a block counts for. A field counts once in a version; a checkbox counts for none of the built-in ones. */
function FieldChoice({ block, version, fields, t, problems, change }) {
  const usedBy = (key) => version.blocks.find((one) => one.field === key && one.key !== block.key);
  const isCheckbox = shownAs(block) === 'checkbox';
  const choose = (event) => {
    const field = fields.find((one) => one.key === event.target.value);
    change(bind(block, field, version.language));
  };
  const known = fields.some((one) => one.key === block.field);
  return html`<${Field} as="select" label=${t('surveys.editor.field')} hint=${t('surveys.editor.fieldHint')} value=${block.field ?? ''}
    problems=${problems} onChange=${choose}><option value="">${t('surveys.editor.noField')}</option>
    ${block.field && !known && html`<option value=${block.field}>${block.field}</option>`}
    ${fields.map((field) => {
      const other = usedBy(field.key);
      const scale = t('surveys.editor.fieldScale', { name: field.name, minimum: field.minimum, maximum: field.maximum });
      return html`<option key=${field.key} value=${field.key} disabled=${Boolean(other) || (isCheckbox && field.isBuiltIn)}>
        ${other ? t('surveys.editor.fieldUsed', { name: field.name }) : scale}</option>`;
    })}<//>`;
}

function Scale({ block, t, problems, change }) {
  const isBound = block.field !== null;
  const part = (name) => html`<${NumberField} label=${t(`surveys.editor.${name}`)} value=${block[name]} disabled=${isBound}
    problem=${t('surveys.rule.noScale', { block: block.text })} take=${(value) => change({ [name]: value }, name)} />`;
  return html`<fieldset class="field scale-fields"><legend>${t('surveys.editor.scale')}</legend>
    ${isBound && html`<p class="note">${t('surveys.editor.scaleLocked')}</p>`}
    <div class="scale-parts">${part('minimum')}${part('maximum')}${part('step')}</div>
    ${problems.length > 0 && html`<p class="error"><${Icon} name="circle-alert" /><span>${problems.join(' ')}</span></p>`}</fieldset>`;
}

/** A number; what is none is shown and not taken. */
function NumberField({ label, value, take, problem, unseen, ...rest }) {
  const [typed, type] = useState(null);
  const shown = typed ?? (value === null ? '' : String(value));
  const isWrong = typed !== null && toNumber(typed) === null;
  const input = (event) => {
    const number = toNumber(event.target.value);
    type(event.target.value);
    if (number !== null) take(number);
  };
  const control = { type: 'text', inputmode: 'decimal', value: shown, onInput: input, onBlur: () => type(null), ...rest };
  if (unseen) return html`<input ...${control} aria-label=${label} aria-invalid=${isWrong ? 'true' : null} title=${isWrong ? problem : null} />`;
  return html`<${Field} label=${label} ...${control} problems=${isWrong ? [problem] : []} />`;
}

function toNumber(text) {
  const plain = text.trim().replace(',', '.').replace('\u2212', '-');
  return /^-?[0-9]{1,7}(\.[0-9]{1,6})?$/.test(plain) ? Number(plain) : null;
}

/** The options of a choice: text, value or N/A; added, deleted, put in order by dragging and by keys. */
function Options({ block, language, t, problems, change, limits }) {
  const list = useRef();
  const state = useRef();
  state.current = { block, change };
  const swap = (from, to) => {
    const { options } = state.current.block;
    if (to < 0 || to >= options.length) return;
    const next = [...options];
    next.splice(to, 0, ...next.splice(from, 1));
    state.current.change({ options: next });
    t.say(t('surveys.editor.movedTo', { name: options[from].text, place: to + 1, count: options.length }));
    requestAnimationFrame(() => list.current?.children[to]?.querySelector('input')?.focus());
  };
  useEffect(() => {
    const sortable = canvas(list.current, `options-${block.key}`, { insert: () => {}, move: swap, handle: '.grip' });
    return () => sortable.destroy();
  }, [block.key]);
  const put = (place, part, tag) => change(
    { options: block.options.map((one, other) => (other === place ? { ...one, ...part } : one)) }, tag && `${tag}${place}`);
  const drop = (place) => {
    change({ options: block.options.filter((_, other) => other !== place) });
    requestAnimationFrame(() => (list.current?.children[Math.min(place, block.options.length - 2)]?.querySelector('input')
      ?? document.querySelector('[data-add-option]'))?.focus());
  };
  const add = () => {
    change({ options: [...block.options, nextOption(block, language)] });
    requestAnimationFrame(() => { const input = list.current?.lastElementChild?.querySelector('input'); input?.focus(); input?.select(); });
  };
  const key = (event, place) => {
    const arrow = moveKey(event);
    if (arrow?.isMove) { event.preventDefault(); swap(place, place + arrow.step); }
    if (event.key === 'Enter' && event.target.type === 'text') { event.preventDefault(); add(); }
  };
  const of = (place) => problems.filter((one) => one.option === place).map((one) => one.text);
  const whole = problems.filter((one) => one.control === 'options' && one.option === undefined).map((one) => one.text);
  const hasNA = block.options.some((one) => one.value === null);
  return html`<fieldset class="field options"><legend>${t('surveys.editor.options')}</legend>
    <p class="note">${t('surveys.editor.optionsHint')}</p>
    <ul ref=${list} class="option-list">${block.options.map((option, place) => html`<li key=${place} onKeyDown=${(event) => key(event, place)}>
      <span class="grip" aria-hidden="true"><${Icon} name="grip-vertical" /></span>
      <input type="text" class="option-text" value=${option.text} lang=${language} aria-label=${t('surveys.editor.optionText', { place: place + 1 })}
        aria-invalid=${of(place).length ? 'true' : null} onInput=${(event) => put(place, { text: event.target.value }, 'option')} />
      ${option.value === null ? html`<span class="option-value na">${t('surveys.editor.na')}</span>`
        : html`<${NumberField} unseen class="option-value" label=${t('surveys.editor.optionValue', { place: place + 1 })} value=${option.value}
          problem=${t('surveys.editor.aNumber')} take=${(value) => put(place, { value }, 'value')} />`}
      <label class="option-na" title=${t('surveys.editor.naHint')}><input type="checkbox" checked=${option.value === null} disabled=${hasNA && option.value !== null}
        aria-label=${t('surveys.editor.naFor', { place: place + 1 })} onChange=${(event) => put(place, { value: event.target.checked ? null : nextOption(block, language).value })} />
        <span aria-hidden="true">${t('surveys.editor.na')}</span></label>
      <${Tool} icon="arrow-up" label=${t('surveys.editor.up', { name: option.text })} disabled=${place === 0} onClick=${() => swap(place, place - 1)} />
      <${Tool} icon="arrow-down" label=${t('surveys.editor.down', { name: option.text })} disabled=${place === block.options.length - 1} onClick=${() => swap(place, place + 1)} />
      <${Tool} icon="trash-2" label=${t('surveys.editor.delete', { name: option.text })} onClick=${() => drop(place)} />
      ${of(place).length > 0 && html`<p class="error">${of(place).join(' ')}</p>`}</li>`)}</ul>
    ${whole.length > 0 && html`<p class="error"><${Icon} name="circle-alert" /><span>${whole.join(' ')}</span></p>`}
    <${Tool} icon="plus" words=${t('surveys.editor.addOption')} data-add-option onClick=${add} disabled=${block.options.length >= limits.options} /></fieldset>`;
}

/** The title of a version, and the words of its send button. */
export function TitlePane({ version, t, problems, change, close }) {
  const of = (control) => problems.filter((one) => one.control === control).map((one) => one.text);
  return html`<${Pane} title=${t('surveys.editor.title')} icon="pencil" t=${t} close=${close} name="title">
    <${Field} data-first label=${t('surveys.editor.title')} hint=${t('surveys.editor.titleHint')} value=${version.title} lang=${version.language}
      problems=${of('title')} onInput=${(event) => change({ title: event.target.value }, 'title')} />
    <${Field} label=${t('surveys.editor.sendButton')} optional=${t('surveys.editor.optional')} hint=${t('surveys.editor.sendButtonHint')}
      value=${version.sendButton ?? ''} lang=${version.language} problems=${of('sendButton')}
      onInput=${(event) => change({ sendButton: event.target.value || null }, 'sendButton')} /><//>`;
}

/** The image above the title: sent at once, and re-encoded by the server. */
export function ImagePane({ image, t, upload, remove, close }) {
  const [state, set] = useState({ busy: false, problem: null });
  const send = async (file) => {
    if (!file) return;
    set({ busy: true, problem: null });
    set({ busy: false, problem: await upload(file) });
  };
  return html`<${Pane} title=${t('surveys.editor.image')} icon="image" t=${t} close=${close} name="image">
    ${image && html`<img class="pane-image" src=${`/pictures/${image}`} alt="" />`}
    <${Field} data-first type="file" accept="image/png,image/jpeg,image/webp,image/gif" label=${t('surveys.editor.chooseImage')}
      hint=${t('surveys.editor.imageHint')} problems=${state.problem ? [state.problem] : []} disabled=${state.busy}
      onChange=${(event) => send(event.target.files[0])} />
    ${state.busy && html`<p role="status">${t('surveys.editor.uploading')}</p>`}
    ${image && html`<${Tool} icon="trash-2" words=${t('surveys.editor.removeImage')} danger onClick=${remove} />`}<//>`;
}
