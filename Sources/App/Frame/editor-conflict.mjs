// SPDX-License-Identifier: Apache-2.0
// Somebody else has saved meanwhile: both states beside each other, and for each difference a choice. What is not taken
// is not lost: the other's state is a saved version, one's own stays behind «Undo».
import { html, useState } from '../web/preact.js';
import { Dialog, Segments, Tool } from './editor-parts.mjs';

/**
 * Which side of each difference is taken at first: the one that was changed; where both were, one's own.
 * A difference is `{ id, label, mine, theirs, changedBy: 'mine' | 'theirs' | 'both', take(state) }`, where `take` puts
 * the other's side into a state.
 */
export function ConflictDialog({ t, who, differences, merge, takeTheirs, keepMine, close }) {
  const [sides, choose] = useState(() => Object.fromEntries(
    differences.map((one) => [one.id, one.changedBy === 'theirs' ? 'theirs' : 'mine'])));
  const choices = [
    { value: 'theirs', label: t('frame.editor.theirs') }, { value: 'mine', label: t('frame.editor.mine') }];
  const apply = () => merge(differences.filter((one) => sides[one.id] === 'theirs'));
  const foot = html`
    <${Tool} words=${t('frame.editor.merge')} primary onClick=${apply} disabled=${!differences.length} />
    <${Tool} words=${t('frame.editor.takeTheirs')} onClick=${takeTheirs} />
    <${Tool} words=${t('frame.editor.keepMine')} onClick=${keepMine} />`;
  return html`<${Dialog} title=${t('frame.editor.conflict')} wide close=${close} closeLabel=${t('frame.editor.close')} foot=${foot}>
    <p>${who}</p><p class="note">${t('frame.editor.conflictHint')}</p>
    ${differences.length === 0 && html`<p>${t('frame.editor.noDifferences')}</p>`}
    <ul class="differences">${differences.map((one) => html`<li key=${one.id}>
      <div class="difference-head"><h3>${one.label}</h3><${Segments} label=${one.label} value=${sides[one.id]} choices=${choices}
        onChoose=${(side) => choose({ ...sides, [one.id]: side })} /></div>
      <div class="sides"><${Side} title=${t('frame.editor.theirs')} text=${one.theirs} none=${t('frame.editor.nothing')} chosen=${sides[one.id] === 'theirs'} />
        <${Side} title=${t('frame.editor.mine')} text=${one.mine} none=${t('frame.editor.nothing')} chosen=${sides[one.id] === 'mine'} /></div></li>`)}</ul><//>`;
}

function Side({ title, text, none, chosen }) {
  return html`<div class=${`side-text${chosen ? ' chosen' : ''}`}><p class="note">${title}</p><p class="whole">${text || none}</p></div>`;
}
