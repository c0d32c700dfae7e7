// SPDX-License-Identifier: Apache-2.0
// The small pieces that the editors are drawn with, on Preact: icons, fields, dialogs, what is said aloud.
import { Component, h, html, useEffect, useLayoutEffect, useRef } from '../web/preact.js';

/** Says sentences of the page's dictionary: t('surveys.editor.blocks', { count: 3 }). */
export function localizer(sentences, language) {
  const rules = new Intl.PluralRules(language);
  return (key, values = {}) => {
    const found = sentences[key];
    if (found === undefined) return key;
    const text = typeof found === 'string' ? found : found[rules.select(values.count)] ?? found.other ?? found.many;
    return text.replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);
  };
}

/** A component that is drawn again only when one of its properties is another one. */
export function memo(draw) {
  return class extends Component {
    shouldComponentUpdate(next) {
      const names = Object.keys(next);
      return names.length !== Object.keys(this.props).length || names.some((name) => next[name] !== this.props[name]);
    }
    render(props) { return h(draw, props); }
  };
}

/** One of the drawings that the page carries. */
export const Icon = memo(({ name }) => html`<svg class="icon" viewBox="0 0 24 24" width="16" height="16" aria-hidden="true" focusable="false">
  <use href=${`#icon-${name}`} /></svg>`);

/** A button with a drawing; its label is read, and shown where there is room for it. */
export function Tool({ icon, label, words, primary, danger, ...rest }) {
  const kind = `button tool${primary ? ' primary' : ''}${danger ? ' danger' : ''}${words ? '' : ' square'}`;
  const says = words ? {} : { 'aria-label': label, title: label };
  return html`<button type="button" class=${kind} ...${says} ...${rest}>
    ${icon && html`<${Icon} name=${icon} />`}${words && html`<span>${words === true ? label : words}</span>`}</button>`;
}

let lastID = 0;
/** An id for the life of a component. */
export function useID() {
  const id = useRef();
  id.current ||= `e${++lastID}`;
  return id.current;
}

/** A label, a hint and what is wrong, joined to a control. */
export function Field({ label, hint, problems, children, as = 'input', box, optional, ...rest }) {
  const id = useID();
  const wrong = problems?.length > 0;
  const described = [hint && `${id}-h`, wrong && `${id}-e`].filter(Boolean).join(' ') || null;
  const control = h(as, {
    id, ...rest, 'aria-describedby': described, 'aria-invalid': wrong ? 'true' : null }, children);
  const rest2 = html`${hint && html`<p class="note" id=${`${id}-h`}>${hint}</p>`}
    ${wrong && html`<p class="error" id=${`${id}-e`}><${Icon} name="circle-alert" /><span>${problems.join(' ')}</span></p>`}`;
  if (box) return html`<div class="field box"><label for=${id}>${control}<span>${label}</span></label>${rest2}</div>`;
  return html`<div class="field"><label for=${id}>${label}${optional && html` <span class="optional">${optional}</span>`}</label>
    ${rest2}${control}</div>`;
}

/** A choice of few, shown side by side. */
export function Segments({ label, value, choices, onChoose }) {
  return html`<div class="segments" role="group" aria-label=${label}>${choices.map((one) => html`<button type="button"
    key=${one.value} aria-pressed=${String(one.value === value)} onClick=${() => onChoose(one.value)}>
    ${one.icon && html`<${Icon} name=${one.icon} />`}${one.label}</button>`)}</div>`;
}

/** A dialog over the page; Escape and a press outside close it, and the focus goes back to where it was. */
export function Dialog({ title, close, closeLabel, wide, children, foot }) {
  const element = useRef();
  const id = useID();
  useLayoutEffect(() => {
    const before = document.activeElement;
    element.current.showModal();
    return () => { if (before?.isConnected) before.focus(); };
  }, []);
  const press = (event) => { if (event.target === element.current) close(); };
  const cancel = (event) => { if (event.target === element.current) { event.preventDefault(); close(); } };
  return html`<dialog ref=${element} class=${`work-dialog${wide ? ' wide' : ''}`} aria-labelledby=${id}
    onMouseDown=${press} onCancel=${cancel}>
    <div class="dialog-head"><h2 id=${id}>${title}</h2><${Tool} icon="x" label=${closeLabel} onClick=${close} /></div>
    <div class="dialog-body">${children}</div>${foot && html`<div class="dialog-foot">${foot}</div>`}</dialog>`;
}

/** A sentence about what was just done, with a way back; it goes by itself unless somebody is at it. */
export function Toast({ text, undo, undoLabel, closeLabel, close }) {
  const element = useRef();
  useEffect(() => {
    let timer;
    const wait = () => {
      timer = setTimeout(() => (element.current?.matches(':hover, :focus-within') ? wait() : close()), 8000);
    };
    wait();
    return () => clearTimeout(timer);
  }, [text, undo]);
  return html`<section class="toast" aria-label=${text} ref=${element} data-ready><p>${text}</p>
    ${undo && html`<button type="button" onClick=${() => { undo(); close(); }}>${undoLabel}</button>`}
    <button type="button" class="close" aria-label=${closeLabel} onClick=${close}><${Icon} name="x" /></button></section>`;
}

/** A popover of entries beside its button. */
export function Menu({ label, icon, words, children, end }) {
  const id = useID();
  const menu = useRef();
  const walk = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...menu.current.querySelectorAll('button, a')];
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length]?.focus();
  };
  return html`<${Tool} icon=${icon} label=${label} words=${words} popovertarget=${id} />
    <div class=${`menu${end ? ' end' : ''}`} id=${id} popover="auto" ref=${menu} onKeyDown=${walk}
      onClick=${(event) => event.target.closest('button') && menu.current.hidePopover()}>${children}</div>`;
}

/** What screen readers are told: a place that is there from the start, filled anew each time. */
export function announcer() {
  const place = document.createElement('div');
  place.className = 'unseen';
  place.setAttribute('role', 'status');
  document.body.append(place);
  return (text) => {
    place.textContent = '';
    setTimeout(() => { place.textContent = text; }, 30);
  };
}
