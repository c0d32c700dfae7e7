// SPDX-License-Identifier: Apache-2.0
// The draft as the real page, in a frame that can send nothing, on a phone's and a desktop's width; and what its style
// does to required blocks and to contrasts, by computed style.
import { html, useEffect, useRef, useState } from '../web/preact.js';
import { Dialog, Icon, Segments } from '../Frame/editor-parts.mjs';
import { shortName } from '../Frame/editor-languages.mjs';
import { contentOf, versionOf } from './survey-model.mjs';

/** The page's draft in one of its languages. */
export function PreviewDialog({ draft, language, form, t, close }) {
  const [shown, show] = useState({ language, width: innerWidth < 700 ? 'phone' : 'desktop' });
  const [findings, tell] = useState([]);
  const frame = useRef();
  const tags = draft.languages.map((one) => one.language);
  useEffect(() => {
    form.elements.content.value = JSON.stringify(contentOf(draft, [versionOf(draft, shown.language)]));
    form.elements.languages.value = tags.join(' ');
    form.submit();
  }, [shown.language]);
  const loaded = () => {
    const page = frame.current?.contentDocument;
    if (!page?.querySelector('.survey')) return;
    // The page's own links to other languages lead nowhere: the draft has no address.
    page.addEventListener('click', (event) => {
      const link = event.target.closest?.('a[hreflang]');
      if (!event.target.closest?.('a')) return;
      event.preventDefault();
      if (link) show((old) => ({ ...old, language: link.hreflang }));
    });
    tell(draft.css.trim() ? look(page, t) : []);
  };
  const widths = [
    { value: 'phone', label: t('surveys.editor.phone'), icon: 'smartphone' },
    { value: 'desktop', label: t('surveys.editor.desktop'), icon: 'monitor' }];
  return html`<${Dialog} title=${t('surveys.editor.preview')} wide close=${close} closeLabel=${t('frame.editor.close')}>
    <div class="preview-bar"><${Segments} label=${t('surveys.editor.width')} value=${shown.width} choices=${widths} onChoose=${(width) => show({ ...shown, width })} />
      ${tags.length > 1 && html`<label class="unseen" for="preview-language">${t('frame.editor.language')}</label>
      <select id="preview-language" value=${shown.language} onChange=${(event) => show({ ...shown, language: event.target.value })}>
      ${tags.map((tag) => html`<option key=${tag} value=${tag}>${shortName(tag, t.language)}</option>`)}</select>`}
      <p class="note">${t('surveys.editor.previewHint')}</p></div>
    ${findings.length > 0 && html`<div class="notice warning" role="status"><${Icon} name="triangle-alert" /><div><p><b>${t('surveys.editor.styleFindings')}</b></p>
      <ul>${findings.map((one) => html`<li key=${one}>${one}</li>`)}</ul></div></div>`}
    <div class=${`preview-stage ${shown.width}`}><iframe name="preview" ref=${frame} title=${t('surveys.editor.preview')} onLoad=${loaded}
      sandbox="allow-same-origin allow-scripts"></iframe></div><//>`;
}

/** What a style does that its author should know. */
function look(page, t) {
  const found = [];
  for (const block of page.querySelectorAll('.block')) {
    if (!block.querySelector('.must, [required]')) continue;
    const name = block.querySelector('legend, label')?.firstChild?.textContent?.trim() ?? '';
    const inputs = [...block.querySelectorAll('input:not([type=hidden]), select, textarea')];
    const label = block.querySelector('legend, label');
    const isHidden = hidden(block) || (label && hidden(label)) || inputs.every((one) => hidden(one, true));
    if (isHidden) found.push(t('surveys.editor.hiddenBlock', { block: name }));
  }
  const send = page.querySelector('form button[type=submit]');
  if (send && hidden(send)) found.push(t('surveys.editor.hiddenSend'));
  const faint = new Set();
  for (const one of page.querySelectorAll('.survey :is(h1, legend, label, p, span, button)')) {
    const text = [...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join(' ').trim();
    if (!text || hidden(one) || one.closest('.away') || faint.size >= 5) continue;
    const ratio = contrast(one);
    if (ratio !== null && ratio < needed(one)) faint.add(t('surveys.editor.lowContrast', { text: text.slice(0, 60), ratio: ratio.toFixed(1) }));
  }
  return [...found, ...faint];
}

/** Whether nobody sees an element; an input may lie unseen over its own tile. */
function hidden(element, isInput = false) {
  const view = element.ownerDocument.defaultView;
  const box = element.getBoundingClientRect();
  if (box.width < 1 || box.height < 1) return true;
  if (box.right < 1 || box.bottom + view.scrollY < 1 || box.left >= view.innerWidth) return true;
  for (let one = element; one && one.nodeType === 1; one = one.parentElement) {
    const style = view.getComputedStyle(one);
    if (style.display === 'none' || (one === element && style.visibility !== 'visible')) return true;
    if (Number(style.opacity) < 0.1 && !(isInput && one === element)) return true;
    if (one.classList.contains('survey')) return false;
  }
  return false;
}

const needed = (element) => {
  const style = element.ownerDocument.defaultView.getComputedStyle(element);
  const size = parseFloat(style.fontSize);
  return size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
};

/** The contrast of an element's words to what lies behind them; null over pictures. */
function contrast(element) {
  const view = element.ownerDocument.defaultView;
  let ground = [255, 255, 255];
  const layers = [];
  for (let one = element; one; one = one.parentElement) {
    const style = view.getComputedStyle(one);
    if (style.backgroundImage !== 'none' && one.tagName !== 'BODY') return null;
    const colour = channels(style.backgroundColor);
    if (!colour) return null;
    layers.push(colour);
    if (colour[3] >= 1) break;
  }
  for (const layer of layers.reverse()) ground = mix(layer, ground);
  const ink = channels(view.getComputedStyle(element).color);
  if (!ink) return null;
  const [light, dark] = [luminance(mix(ink, ground)), luminance(ground)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function channels(text) {
  const found = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(text);
  return found && [Number(found[1]), Number(found[2]), Number(found[3]), found[4] === undefined ? 1 : Number(found[4])];
}

const mix = ([r, g, b, a], ground) => [r, g, b].map((value, place) => value * a + ground[place] * (1 - a));

function luminance(colour) {
  const [r, g, b] = colour.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
