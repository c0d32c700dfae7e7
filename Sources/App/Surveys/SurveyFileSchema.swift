// SPDX-License-Identifier: Apache-2.0
// The description of form.json for editors and checks, embedded from survey-file.schema.json beside this file.
import Foundation

/// The JSON Schema (draft 2020-12) of ``SurveyFile``.
public enum SurveyFileSchema {
    /// Where a server says it; everybody may read it.
    static let path = "/schema/form-1.json"

    /// The text.
    public static let text: String = {
        let path = "Surveys/survey-file.schema.json"
        guard let file = EmbeddedAssets.files.first(where: { $0.path.description == path }),
            let content = Data(base64Encoded: file.base64.description),
            let text = String(validating: content, as: UTF8.self)
        else { preconditionFailure("The schema is in the program.") }
        return text
    }()
}
