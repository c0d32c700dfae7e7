// SPDX-License-Identifier: Apache-2.0
// The editor's page: the bar, the palette, the canvas, the settings beside it, and whatever dialog is open.
import { html } from '../web/preact.js';
import { ConflictDialog } from '../Frame/editor-conflict.mjs';
import { LanguageBar, NewLanguageDialog, shortName } from '../Frame/editor-languages.mjs';
import { Icon, Menu, Toast, Tool } from '../Frame/editor-parts.mjs';
import { Canvas, Palette } from './survey-blocks.mjs';
import { MissingDialog, ProblemsDialog, QuestionDialog, SettingsDialog, TranslationDialog } from './survey-dialogs.mjs';
import { BlockPane, ImagePane, TitlePane } from './survey-pane.mjs';
import { PreviewDialog } from './survey-preview.mjs';
import { StyleDialog } from './survey-style.mjs';
import * as model from './survey-model.mjs';

/** The whole page. */
export function Workbench({ editor }) {
  const { t, ui, version, draft, actions } = editor;
  return html`<${Bar} editor=${editor} />
    ${ui.failure && html`<div class="work-failure notice bad" role="alert"><${Icon} name="circle-x" /><div><p>${ui.failure}</p></div></div>`}
    <div class=${`work${ui.pane ? ' with-pane' : ''}`}><${Palette} t=${t} add=${actions.add} />
    <main id="main" class="work-canvas" tabindex="-1" aria-label=${t('surveys.editor.canvas')}>
      <${Canvas} version=${version} image=${draft.image} t=${t} chosen=${ui.pane} problems=${editor.problemTexts} actions=${actions}
        sendLabel=${version.sendButton || model.preset(version.language).send} /></main>
    <${ChosenPane} editor=${editor} /></div>
    ${ui.dialog && html`<${OpenDialog} key=${ui.dialog} editor=${editor} />`}
    ${ui.toast && html`<${Toast} ...${ui.toast} undoLabel=${t('frame.editor.undo')} closeLabel=${t('frame.editor.close')} close=${() => editor.show({ toast: null })} />`}`;
}

function Bar({ editor }) {
  const { t, ui, draft, history, form, problems } = editor;
  const open = (dialog) => () => editor.show({ dialog });
  const name = model.nameOf(draft) || t('surveys.editor.newForm');
  const state = history.isDirty ? t('frame.editor.unsaved')
    : form.number ? t('surveys.editor.versionNumber', { number: form.number }) : t('surveys.editor.notStored');
  return html`<header class="work-bar"><div class="work-name"><h1 title=${name}>${name}</h1>
      <p class=${`badge ${history.isDirty ? 'warning' : form.id ? 'good' : 'neutral'}`}>${state}</p></div>
    <div class="work-tools" role="toolbar" aria-label=${t('frame.editor.tools')}>
      <${Tool} icon="undo-2" label=${t('frame.editor.undo')} onClick=${() => editor.undo()} disabled=${!history.canUndo} />
      <${Tool} icon="redo-2" label=${t('frame.editor.redo')} onClick=${() => editor.redo()} disabled=${!history.canRedo} />
      <${LanguageBar} t=${t} language=${t.language} languages=${draft.languages.map((one) => one.language)} current=${ui.language} missing=${editor.missing}
        show=${(language) => editor.show({ language, pane: null })} add=${open('language')} translate=${open('translation')}
        showMissing=${open('missing')} remove=${open('deleteLanguage')} />
      <${Tool} icon="settings" label=${t('surveys.editor.settings')} words=${t('surveys.editor.settings')} onClick=${open('settings')} />
      <${Tool} icon="braces" words="CSS" onClick=${open('css')} />
      ${form.id && html`<${Menu} icon="ellipsis" label=${t('frame.editor.more')} end>
        <a href=${`/forms/${form.id}/versions`}><${Icon} name="history" />${t('surveys.editor.versions')}</a><//>`}</div>
    <div class="work-end">
      ${problems.length > 0 && html`<button type="button" class="button problem-count" onClick=${open('problems')}><${Icon} name="circle-alert" />
        <span>${t('surveys.editor.problems', { count: problems.length })}</span></button>`}
      <${Tool} icon="eye" words=${t('surveys.editor.preview')} onClick=${open('preview')} />
      <${Tool} words=${t('frame.editor.cancel')} onClick=${() => editor.leave()} />
      <${Tool} words=${t('frame.editor.save')} primary onClick=${() => editor.save()} aria-busy=${ui.isSaving ? 'true' : null} data-save /></div></header>`;
}

function ChosenPane({ editor }) {
  const { t, ui, version, draft, fields, limits } = editor;
  const close = () => editor.closePane();
  if (!ui.pane) return null;
  const problems = editor.problems.filter((one) => one.language === version.language && (one.block ?? '/title') === ui.pane);
  const changeVersion = (part, tag) => editor.change(
    model.changeVersion(draft, version.language, () => part), `${version.language}.${tag}`);
  if (ui.pane === '/title') return html`<${TitlePane} ...${{ version, t, problems, change: changeVersion, close }} />`;
  if (ui.pane === '/image') {
    return html`<${ImagePane} image=${draft.image} t=${t} close=${close} upload=${(file) => editor.upload(file)}
      remove=${() => editor.change({ ...editor.draft, image: null })} />`;
  }
  const block = version.blocks.find((one) => one.key === ui.pane);
  return block && html`<${BlockPane} key=${block.key} ...${{ block, version, fields, t, problems, close, limits }}
    change=${(part, tag) => editor.changeBlock(block.key, part, tag)} />`;
}

function OpenDialog({ editor }) {
  const { t, ui, draft } = editor;
  const close = () => editor.show({ dialog: null });
  const change = (part, tag) => editor.change({ ...editor.draft, ...part }, tag);
  const changeVersion = (language, part, tag) => editor.change(
    model.changeVersion(editor.draft, language, () => part), `${language}.${tag}`);
  const languages = draft.languages.map((one) => one.language);
  switch (ui.dialog) {
  case 'settings':
    return html`<${SettingsDialog} ...${{ draft, t, problems: editor.problems, change, changeVersion, close }} usualName=${draft.languages[0]?.title}
      openStyle=${() => editor.show({ dialog: 'css' })} />`;
  case 'css':
    return html`<${StyleDialog} css=${draft.css} t=${t} close=${close} change=${(css) => change({ css }, 'css')} preview=${() => editor.show({ dialog: 'preview' })} />`;
  case 'preview':
    return html`<${PreviewDialog} draft=${draft} language=${ui.language} form=${editor.forms.preview} t=${t} close=${close} />`;
  case 'problems':
    return html`<${ProblemsDialog} problems=${editor.problems} t=${t} go=${(one) => editor.go(one)} close=${close} />`;
  case 'language':
    return html`<${NewLanguageDialog} t=${t} language=${t.language} languages=${languages} current=${ui.language} limit=${editor.limits.languages}
      add=${(tag, source) => editor.addLanguage(tag, source)} close=${close} />`;
  case 'translation':
    return languages.length > 1 && html`<${TranslationDialog} draft=${draft} language=${ui.language} t=${t} close=${close} changeVersion=${changeVersion}
      changeBlock=${editor.translate ??= (language, key, part, tag) => editor.change(
        model.changeBlock(editor.draft, language, key, part), `${language}.${key}.${tag}`)} />`;
  case 'missing': {
    const found = model.missing(draft, ui.language);
    return html`<${MissingDialog} draft=${draft} language=${ui.language} found=${found} t=${t} close=${close} take=${(one) => editor.takeMissing([one])}
      takeAll=${() => editor.takeMissing(found.filter((one) => one.kind === 'block'))}
      go=${(one) => editor.go({ language: ui.language, block: one.key, control: one.kind === 'title' ? 'title' : null })} />`;
  }
  case 'deleteLanguage':
    return html`<${QuestionDialog} t=${t} close=${close} title=${t('surveys.editor.deleteLanguageTitle', { language: shortName(ui.language, t.language) })}
      text=${t('surveys.editor.deleteLanguageText')} choices=${[
        { label: t('frame.editor.delete'), danger: true, act: () => editor.deleteLanguage() }, { label: t('frame.editor.cancel'), act: close }]} />`;
  case 'leave':
    return html`<${QuestionDialog} t=${t} close=${close} title=${t('frame.editor.leaveTitle')} text=${t('frame.editor.leaveText')} choices=${[
      { label: t('frame.editor.saveAndLeave'), primary: true, act: () => { editor.afterSaving = () => editor.goAway(); editor.save(); } },
      { label: t('frame.editor.leaveUnsaved'), danger: true, act: () => editor.goAway() }, { label: t('frame.editor.stay'), act: close }]} />`;
  case 'conflict': {
    const { current, theirs, found } = ui.conflict;
    const who = t('frame.editor.conflictWho', { who: current.savedBy ?? '—', at: current.savedAt ?? '' });
    return html`<${ConflictDialog} t=${t} who=${who} differences=${found} close=${close} takeTheirs=${() => editor.settle(theirs)}
      keepMine=${() => editor.settle(editor.draft)} merge=${(taken) => editor.settle(taken.reduce((state, one) => one.take(state), editor.draft))} />`;
  }
  default: return null;
  }
}
