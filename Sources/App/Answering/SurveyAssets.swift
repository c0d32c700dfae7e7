// SPDX-License-Identifier: Apache-2.0
// What a survey page loads: one style sheet and one small script, both from here.

extension WebAssets {
    static let surveySheetPath = "Answering/public-survey.css"

    /// The sheet of pages without a form.
    var surveyStyle: String { address(of: Self.surveySheetPath) }

    /// The script that notes that scripts run.
    var surveyScript: String { address(of: "Answering/public-survey.mjs") }

    /// One sheet for a page: ours alone, or ours with the form's behind it.
    func surveyStyle(of version: SurveyVersion, _ tenant: TenantID) -> String {
        guard version.content.css.nonEmpty != nil else { return surveyStyle }
        return "/survey-style/\(hash)/\(tenant)/\(version.id).css"
    }
}
