// SPDX-License-Identifier: Apache-2.0
// The language versions of what is edited: which one is shown, what each lacks, adding one and deleting one.
import { html, useState } from '../web/preact.js';
import { Dialog, Field, Icon, Menu, Tool } from './editor-parts.mjs';

/** Languages that are offered by name; any other is typed as its tag. */
const OFFERED = ('ru en uk be kk uz tg ky az hy ka ro pl de fr es it pt nl sv da nb fi et lv lt cs sk hu sl hr sr bg el tr '
  + 'ar he fa hi bn ur ta th vi id ms zh ja ko mn').split(' ');

/** A language's name: in the words of the page, with its own behind it. */
export function languageName(tag, language) {
  const name = say(tag, language);
  const own = say(tag, tag);
  return name.toLowerCase() === own.toLowerCase() ? capital(name) : `${capital(name)} · ${own}`;
}

export function shortName(tag, language) { return capital(say(tag, language)); }

function say(tag, language) {
  try {
    return new Intl.DisplayNames([language], { type: 'language' }).of(tag) ?? tag;
  } catch {
    return tag;
  }
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** The version that is shown, and a menu of what can be done with versions. */
export function LanguageBar({ t, language, languages, current, missing, show, add, translate, showMissing, remove }) {
  const total = missing.get(current) ?? 0;
  return html`<div class="languages-bar"><label class="unseen" for="language-version">${t('frame.editor.language')}</label>
    <select id="language-version" value=${current} onChange=${(event) => show(event.target.value)}>
    ${languages.map((tag) => html`<option key=${tag} value=${tag} lang=${tag} selected=${tag === current}>
      ${shortName(tag, language)}${missing.get(tag) ? ` (${missing.get(tag)})` : ''}</option>`)}</select>
    <${Menu} icon="languages" label=${t('frame.editor.languages')}>
      <button type="button" onClick=${add}><${Icon} name="plus" />${t('frame.editor.addLanguage')}</button>
      ${languages.length > 1 && html`<button type="button" onClick=${translate}><${Icon} name="columns-3" />${t('frame.editor.translate')}</button>
      <button type="button" onClick=${showMissing}><${Icon} name="list-checks" />${t('frame.editor.missing')}
        ${total > 0 && html` <span class="count">${total}</span>`}</button><hr />
      <button type="button" class="danger" onClick=${remove}><${Icon} name="trash-2" />${t('frame.editor.deleteLanguage', { language: shortName(current, language) })}</button>`}
    <//></div>`;
}

/** Chooses the language of a new version, and the one whose copy it begins as. */
export function NewLanguageDialog({ t, language, languages, current, limit, add, close }) {
  const free = OFFERED.filter((tag) => !languages.includes(tag))
    .map((tag) => ({ tag, name: languageName(tag, language) }))
    .sort((a, b) => a.name.localeCompare(b.name, language));
  const first = ['en', 'ru'].find((tag) => free.some((one) => one.tag === tag)) ?? free[0]?.tag ?? '';
  const [chosen, choose] = useState(first);
  const [other, type] = useState('');
  const [source, from] = useState(current);
  const tag = chosen || other.trim();
  const isTag = /^[a-z]{2,3}(-[a-z0-9]{1,8})*$/i.test(tag) && tag.length <= 35;
  const taken = languages.some((one) => one.toLowerCase() === tag.toLowerCase());
  const problem = !tag ? [] : taken ? [t('frame.editor.languageTaken')] : isTag ? [] : [t('frame.editor.noLanguage')];
  const isFull = languages.length >= limit;
  const send = (event) => { event.preventDefault(); if (tag && !problem.length && !isFull) add(tag, source); };
  return html`<${Dialog} title=${t('frame.editor.addLanguage')} close=${close} closeLabel=${t('frame.editor.close')}>
    <form onSubmit=${send}>
    ${isFull && html`<p class="error">${t('frame.editor.languagesFull', { limit })}</p>`}
    <${Field} as="select" label=${t('frame.editor.language')} value=${chosen} onChange=${(event) => choose(event.target.value)}>
      ${free.map((one) => html`<option key=${one.tag} value=${one.tag}>${one.name}</option>`)}
      <option value="">${t('frame.editor.otherLanguage')}</option><//>
    ${!chosen && html`<${Field} label=${t('frame.editor.languageTag')} hint=${t('frame.editor.languageTagHint')} value=${other}
      problems=${problem} onInput=${(event) => type(event.target.value)} maxlength="35" />`}
    <${Field} as="select" label=${t('frame.editor.copyOf')} hint=${t('frame.editor.copyOfHint')} value=${source} onChange=${(event) => from(event.target.value)}>
      ${languages.map((one) => html`<option key=${one} value=${one}>${shortName(one, language)}</option>`)}<//>
    <div class="form-end"><button class="button primary" disabled=${!tag || problem.length > 0 || isFull}>${t('frame.editor.add')}</button>
      <${Tool} words=${t('frame.editor.cancel')} onClick=${close} /></div></form><//>`;
}
