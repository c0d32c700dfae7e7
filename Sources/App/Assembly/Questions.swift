// SPDX-License-Identifier: Apache-2.0
// What rooms ask of rooms behind them, and who answers.
import Storage

/// The answers.
struct Questions: Sendable {
    let rooms: Later<Rooms>

    /// Accounts asks before it offers to mail a link: whether the centre's mail leaves by a server.
    func hasMailServer(_ tenant: TenantID, in tx: any Transaction) throws -> Bool {
        try rooms.value.settings.smtp(of: tenant, in: tx)?.host != nil
    }

    /// Surveys asks who uses a form: for its list, and before it lets one be deleted.
    var ofSurveys: SurveyQuestions {
        var questions = SurveyQuestions()
        questions.uses = { [rooms] in try rooms.value.workflows.formUses(of: $0, in: $1) }
        questions.wasAsked = { [rooms] in try rooms.value.workflows.everLed(to: $0, of: $1, in: $2) }
        questions.answers = { [rooms] in try rooms.value.answering.answersByForm(of: $0, in: $1) }
        return questions
    }
}
