// SPDX-License-Identifier: Apache-2.0
// Which page answers a request about one link.
import Foundation
import Markup

/// One link in one language, and the pages that can answer for it.
struct SurveyView {
    let answering: Answering
    let link: SurveyLink
    let form: FormLanguage
    let assets: WebAssets

    private var t: Localizer { answering.words(form.language) }

    private var page: SurveyPage {
        var page = SurveyPage(
            form: form, languages: link.version.content.languages.map(\.language), centre: link.centre.sign,
            style: assets.surveyStyle(of: link.version, link.invitation.tenant), script: assets.surveyScript, t: t)
        page.draft = link.version.id.description
        page.picture = link.version.content.image
        return page
    }

    func nonce(at now: Moment, isShownAgain: Bool = false) -> SurveyNonce {
        SurveyNonce(
            invitation: link.invitation.id, version: link.version.id, issuedAt: now, isShownAgain: isShownAgain)
    }

    /// The page as it is opened: rendered once for all.
    func open(at now: Moment) -> SurveyReply {
        let sheet = answering.sheets.sheet(setting("")) { page.document }
        let nonce = nonce(at: now).signed(with: answering.installation.secret)
        return SurveyReply(pieces: sheet.filled(with: nonce), language: form.language)
    }

    private func setting(_ state: String) -> SurveySheet.Setting {
        SurveySheet.Setting(
            state: state, version: link.version.id, language: form.language, centre: link.centre.sign,
            assets: assets.hash)
    }

    /// The page with entries in it.
    func again(_ entries: AnswerEntries, notice: SurveyNotice, nonce: SurveyNonce) -> SurveyReply {
        var page = page
        page.entries = entries
        page.isFilled = true
        page.notice = notice
        page.nonce = nonce.signed(with: answering.installation.secret)
        page.hasDecoy = !nonce.isShownAgain
        return SurveyReply(page.document, language: form.language)
    }

    /// The page with what has to be mended. Its time goes on from the first page.
    func refused(_ entries: AnswerEntries, _ check: AnswerCheck, nonce: SurveyNonce) -> SurveyReply {
        var page = page
        page.entries = entries
        page.isFilled = true
        page.problems = check.problems
        page.nonce = nonce.signed(with: answering.installation.secret)
        page.hasDecoy = !nonce.isShownAgain
        return SurveyReply(page.document, language: form.language, status: .refused)
    }

    /// A page without questions: rendered once for all, but where it names an hour.
    func state(_ state: SurveyState, status: SurveyReply.Status = .ok) -> SurveyReply {
        func render() -> HTML {
            SurveyStatePage(
                state: state, language: form.language, centre: link.centre.sign,
                style: assets.surveyStyle(of: link.version, link.invitation.tenant), t: t, script: assets.surveyScript
            ).document
        }
        guard !state.namesAnHour else { return SurveyReply(render(), language: form.language, status: status) }
        let sheet = answering.sheets.sheet(setting(state.key), render: render)
        return SurveyReply(pieces: sheet.whole, language: form.language, status: status)
    }

    /// A moment in the centre's zone.
    func shown(_ moment: Moment?) -> String? { moment.map { t.dateTime($0.date, in: link.centre.zone) } }

    func reply(to submit: Submit, as outcome: SubmitOutcome, at now: Moment) -> SurveyReply {
        let thanks = form.blocks.last { $0.kind == .thanks }?.text
        switch outcome {
        case .thanks: return state(.thanks(thanks, changeableUntil: changeableUntil(at: now)))
        case .changed: return state(.changed(thanks, changeableUntil: changeableUntil(at: now)))
        case .keptBeside: return state(.keptBeside, status: .conflict)
        case .closed: return state(.closed, status: .gone)
        case .expired: return state(.expired, status: .gone)
        case .weak:
            let issuedAt = submit.nonce?.issuedAt ?? now
            var reply = again(
                submit.entries, notice: .pressAgain, nonce: nonce(at: issuedAt, isShownAgain: true))
            reply.status = .refused
            return reply
        }
    }

    private func changeableUntil(at now: Moment) -> String? {
        var link = link
        if link.invitation.answeredAt == nil { link = link.answered(at: now) }
        return shown(link.changeableUntil(at: now))
    }
}

extension SurveyLink {
    /// The link as it stands after its first answer.
    func answered(at now: Moment) -> SurveyLink {
        var invitation = invitation
        invitation.answeredAt = now
        return SurveyLink(invitation: invitation, form: form, version: version, centre: centre)
    }
}
