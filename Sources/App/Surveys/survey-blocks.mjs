// SPDX-License-Identifier: Apache-2.0
// The canvas: what the customer will see, block by block, with what can be done to each.
import { html, useEffect, useRef } from '../web/preact.js';
import { canvas, moveKey, palette } from '../Frame/editor-canvas.mjs';
import { Icon, memo, Tool } from '../Frame/editor-parts.mjs';
import { ICONS, isQuestion, PALETTE, preset, shownAs } from './survey-model.mjs';

const GROUP = 'survey';
/** More options than these are said as a number: the canvas shows how a block looks, not all of it. */
const SHOWN_OPTIONS = 12;
const ROW = new Set(['radio_horizontal', 'yes_no', 'yes_no_na']);

/** What can be added: pressed, it comes behind the chosen block; dragged, it comes where it is dropped. */
export const Palette = memo(({ t, add }) => html`<aside class="work-palette" aria-label=${t('surveys.editor.palette')}>
  ${PALETTE.map(({ group, kinds }) => html`<h2 id=${`palette-${group}`} key=${group}>${t(`surveys.editor.${group}`)}</h2>
    <${PaletteList} kinds=${kinds} label=${`palette-${group}`} t=${t} add=${add} key=${`${group}-list`} />`)}
  <p class="note">${t('surveys.editor.paletteHint')}</p></aside>`);

const PaletteList = memo(({ kinds, label, t, add }) => {
  const list = useRef();
  useEffect(() => {
    const sortable = palette(list.current, GROUP);
    return () => sortable.destroy();
  }, []);
  return html`<ul ref=${list} aria-labelledby=${label}>${kinds.map((kind) => html`<li key=${kind} data-kind=${kind}>
    <button type="button" onClick=${() => add(kind)}><${Icon} name=${ICONS[kind]} /><span>${t(`surveys.editor.kind.${kind}`)}</span></button></li>`)}</ul>`;
});

/** One language version as a page, with its head and its end. */
export function Canvas({ version, image, t, chosen, problems, actions, sendLabel }) {
  const thanks = version.blocks.at(-1)?.kind === 'thanks' ? version.blocks.at(-1) : null;
  const blocks = thanks ? version.blocks.slice(0, -1) : version.blocks;
  const of = (block) => problems.get(`${version.language}.${block.key}`) ?? '';
  return html`<div class="paper" lang=${version.language}>
    <div class=${`paper-head${chosen === '/title' || chosen === '/image' ? ' chosen' : ''}`}>
      ${image && html`<img src=${`/pictures/${image}`} alt="" />`}
      <p class=${version.title.trim() ? 'paper-title' : 'paper-title empty-text'}>${version.title.trim() || t('surveys.editor.noTitleYet')}</p>
      <div class="paper-tools" lang=${t.language}>
        <${Tool} icon="pencil" words=${t('surveys.editor.editTitle')} onClick=${actions.editTitle} data-place="/title" />
        <${Tool} icon="image" words=${t('surveys.editor.editImage')} onClick=${actions.editImage} data-place="/image" /></div>
      <${Problems} text=${problems.get(version.language) ?? ''} language=${t.language} /></div>
    <${BlockList} blocks=${blocks} chosen=${chosen} of=${of} t=${t} actions=${actions} language=${version.language} />
    <p class="paper-send"><span>${sendLabel}</span></p>
    <section class="paper-after" aria-labelledby="after-send"><h2 id="after-send" lang=${t.language}>${t('surveys.editor.afterSend')}</h2>
      ${thanks ? html`<ul class="block-list"><${Block} key=${thanks.key} block=${thanks}
          isChosen=${chosen === thanks.key} problems=${of(thanks)} t=${t} actions=${actions} language=${version.language} /></ul>`
        : html`<p class="note" lang=${t.language}>${t('surveys.editor.usualThanks')}</p>`}</section></div>`;
}

function BlockList({ blocks, chosen, of, t, actions, language }) {
  const list = useRef();
  useEffect(() => {
    const sortable = canvas(list.current, GROUP, {
      insert: (kind, place) => actions.add(kind, place), move: (from, to) => actions.moveTo(from, to) });
    sortable.option('filter', '.block-tools');
    sortable.option('preventOnFilter', false);
    return () => sortable.destroy();
  }, []);
  return html`<ul class="block-list" ref=${list} aria-label=${t('surveys.editor.blockList')}
    data-empty=${t('surveys.editor.empty')}>${blocks.map((block, place) => html`<${Block} key=${block.key} block=${block}
    isFirst=${place === 0} isLast=${place === blocks.length - 1} isChosen=${chosen === block.key} problems=${of(block)} t=${t} actions=${actions} language=${language} />`)}</ul>`;
}

/**
 * One block; drawn again only when it or what is wrong with it has changed: its place is the list's to say, so that a
 * block that is put in draws none of the others again.
 */
const Block = memo(({ block, isFirst, isLast, isChosen, problems, t, actions, language }) => {
  const kind = t(`surveys.editor.kind.${block.kind}`);
  const name = block.text.trim() || kind;
  const key = (event) => {
    if (event.target !== event.currentTarget) return;
    const arrow = moveKey(event);
    if (arrow) {
      event.preventDefault();
      if (arrow.isMove) actions.moveBy(block.key, arrow.step);
      else actions.walk(block.key, arrow.step);
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      actions.edit(block.key);
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      actions.remove(block.key);
    }
  };
  const press = (event) => { if (!event.target.closest('.block-tools')) actions.edit(block.key); };
  const isPinned = block.kind === 'thanks';
  const label = [t('surveys.editor.blockLabel', { kind, name }), problems].filter(Boolean).join(' ');
  return html`<li><div class=${`paper-block ${shownAs(block)}${isChosen ? ' chosen' : ''}${problems ? ' wrong' : ''}`} role="group" tabindex="0"
      data-place=${block.key} aria-label=${label} onKeyDown=${key} onClick=${press}>
    <div class="block-tools" lang=${t.language}>${!isPinned && html`<span class="grip" aria-hidden="true"><${Icon} name="grip-vertical" /></span>
      <${Tool} icon="arrow-up" label=${t('surveys.editor.up', { name })} onClick=${() => actions.moveBy(block.key, -1)} disabled=${isFirst} />
      <${Tool} icon="arrow-down" label=${t('surveys.editor.down', { name })} onClick=${() => actions.moveBy(block.key, 1)} disabled=${isLast} />`}
      <${Tool} icon="pencil" label=${t('surveys.editor.edit', { name })} onClick=${() => actions.edit(block.key)} />
      ${!isPinned && html`<${Tool} icon="copy" label=${t('surveys.editor.copy', { name })} onClick=${() => actions.copy(block.key)} />`}
      <${Tool} icon="trash-2" label=${t('surveys.editor.delete', { name })} danger onClick=${() => actions.remove(block.key)} /></div>
    <${Look} block=${block} t=${t} language=${language} /></div>
    <${Problems} text=${problems} language=${t.language} /></li>`;
});

const Problems = memo(({ text, language }) => text && html`<p class="block-problems" lang=${language}><${Icon} name="circle-alert" /><span>${text}</span></p>`);

/** How a block looks to the customer; nothing in it can be answered. */
const Look = memo(({ block, t, language }) => {
  const text = block.text.trim();
  if (!isQuestion(block)) {
    return html`<div class=${`look-text${text ? '' : ' empty-text'}`}>${text || t('surveys.editor.noTextYet')}</div>`;
  }
  const field = block.field && html`<span class="look-field" lang=${t.language}>${t.fieldName(block.field)}</span>`;
  return html`<div class="look"><p class="look-name"><span class=${text ? '' : 'empty-text'}>${text || t('surveys.editor.noQuestionYet')}</span>
    ${block.isRequired && html` <span class="look-must">${preset(language).must}</span>`}${field}</p>
    <${Answer} block=${block} t=${t} language=${language} /></div>`;
});

function Answer({ block, t, language }) {
  const shown = shownAs(block);
  const options = block.options.slice(0, SHOWN_OPTIONS);
  const rest = block.options.length - options.length;
  const more = rest > 0 && html`<li class="look-more" lang=${t.language}>${t('surveys.editor.moreOptions', { count: rest })}</li>`;
  if (shown === 'notes') return html`<div class="look-notes"></div>`;
  if (shown === 'dropdown') return html`<div class="look-select"><span>${preset(language).choose}</span><${Icon} name="chevron-down" /></div>`;
  if (shown === 'slider') return html`<${SliderLook} block=${block} />`;
  if (ROW.has(shown)) return html`<ul class="look-row">${options.map((one, place) => html`<li key=${place}>${one.text}</li>`)}${more}</ul>`;
  return html`<ul class=${`look-list ${shown}`}>${options.map((one, place) => html`<li key=${place}><i></i>${one.text}</li>`)}${more}</ul>`;
}

function SliderLook({ block: { minimum, maximum, step } }) {
  const count = Math.round((maximum - minimum) / step) + 1;
  if (!(step > 0) || !(maximum > minimum) || count > 101) return html`<div class="look-track"><i></i></div>`;
  if (count > 11) return html`<div class="look-track"><span>${minimum}</span><i></i><span>${maximum}</span></div>`;
  return html`<ul class="look-scale">${Array.from({ length: count }, (_, place) => html`<li key=${place}>${Math.round((minimum + place * step) * 1e6) / 1e6}</li>`)}</ul>`;
}
