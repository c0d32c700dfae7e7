// SPDX-License-Identifier: Apache-2.0
// The part of the SMTP page that sends a test message. Its fields belong to the settings' form, so that the values
// are tried as typed.
import Markup

extension MailCheckStep {
    /// The step in words.
    func sentence(_ t: Localizer) -> String {
        t("mailings.check.\(key)", arguments.mapValues { t.reason($0) })
    }
}

/// The test message beside the settings, and what came of it.
struct MailCheckPage {
    /// The id of the settings' form, which this part's fields belong to.
    static let formID = "smtp"

    let form: MailCheckForm
    let senderEmail: String
    /// Nil when nothing has been tried.
    let steps: [MailCheckStep]?
    let t: Localizer

    var html: HTML {
        let fields: HTML = """
            <p>\(t("mailings.check.hint"))</p>\
            <div class="field"><label for="check-from">\(t("mailings.check.from"))</label>\
            <input id="check-from" type="text" value="\(senderEmail)" readonly></div>\
            \(input("to", type: "email", form.to))\
            \(input("subject", type: "text", form.subject))\
            <div class="field"><label for="check-text">\(t("mailings.check.text"))</label>\
            <textarea id="check-text" name="check_text" form="\(Self.formID)" rows="4" maxlength="4000">
            \(form.text)</textarea></div>\
            <div class="buttons"><button class="button" form="\(Self.formID)" formaction="/settings/email/check" \
            formnovalidate>\(t("mailings.check.send"))</button></div>
            """
        return card(t("mailings.check.title"), "\(outcome)\(fields)")
    }

    private func input(_ name: String, type: String, _ value: String) -> HTML {
        """
        <div class="field"><label for="check-\(name)">\(t("mailings.check.\(name)"))</label>\
        <input id="check-\(name)" type="\(type)" name="check_\(name)" form="\(Self.formID)" value="\(value)" \
        maxlength="254"></div>
        """
    }

    private var outcome: HTML {
        guard let steps else { return .empty }
        let items: [HTML] = steps.map { step in
            let mark = step.isGood ? badge(t("mailings.check.good"), .good) : badge(t("mailings.check.bad"), .bad)
            return "<li>\(mark) \(step.sentence(t))</li>"
        }
        let isGood = steps.allSatisfy(\.isGood)
        return notice(isGood ? .good : .bad, "<ol class=\"steps\">\(items)</ol>")
    }
}
