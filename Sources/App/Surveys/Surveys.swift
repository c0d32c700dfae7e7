// SPDX-License-Identifier: Apache-2.0
// The room's face: forms, versions and fields for the rooms below.
import Storage

/// Forms and fields of the contact centres.
public struct Surveys: Sendable {
    let installation: Installation

    public init(installation: Installation) { self.installation = installation }

    /// A form by its id; nil when there is none.
    public func form(_ id: FormID, of tenant: TenantID, in tx: any Transaction) throws -> SurveyForm? { fatalError() }

    /// A version's content, decoded once and kept: versions never change.
    public func version(_ id: FormVersionID, of tenant: TenantID) async throws -> SurveyVersion? { fatalError() }

    /// The centre's fields by key, retired ones included.
    public func fields(of tenant: TenantID, in tx: any Transaction) throws -> [String: SurveyField] { fatalError() }
}
