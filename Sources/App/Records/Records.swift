// SPDX-License-Identifier: Apache-2.0
// The room's face: the list of interactions, and the whole story of one.
import Foundation
import Storage

/// Interaction records of the contact centres.
public struct Records: Sendable {
    /// Lines of one page of the list.
    static let pageSize = 50

    let installation: Installation
    let accounts: Accounts
    let services: Services
    let contacts: Contacts
    let surveys: Surveys
    let interactions: Interactions
    let workflows: Workflows

    public init(
        installation: Installation, accounts: Accounts, services: Services, contacts: Contacts,
        _ asked: (surveys: Surveys, interactions: Interactions, workflows: Workflows)
    ) {
        self.installation = installation
        self.accounts = accounts
        self.services = services
        self.contacts = contacts
        (surveys, interactions, workflows) = asked
    }

    /// The first lines that pass a filter in its order, one more than a page when there are more.
    func lines(_ filter: RecordsFilter, of tenant: TenantID) async throws -> [RecordLine] {
        try await installation.database.read { tx in
            let ids = try RecordsStore(tx: tx, tenant: tenant).page(filter, limit: Self.pageSize + 1)
            let found = try interactions.interactions(ids, of: tenant, in: tx)
            let parts = try interactions.parts(of: ids, tenant: tenant, in: tx)
            let agents = Set(parts.values.flatMap { $0.compactMap(\.agent) })
            let people = try accounts.people(agents, of: tenant, in: tx)
            let known = try services.services(
                ids: Set(found.map(\.service)).sorted(), foldedNames: [], of: tenant, in: tx)
            let dispositions = try services.dispositions(
                Set(found.compactMap(\.lastDisposition)).sorted(), of: tenant, in: tx)
            return found.sorted { filter.isOldestFirst ? $0.id < $1.id : $0.id > $1.id }.map { interaction in
                var named: [PersonID] = []
                for agent in (parts[interaction.id] ?? []).compactMap(\.agent) where !named.contains(agent) {
                    named.append(agent)
                }
                return RecordLine(
                    interaction: interaction, service: known.first { $0.id == interaction.service },
                    disposition: interaction.lastDisposition.flatMap { dispositions[$0] },
                    agents: named.compactMap { people[$0] })
            }
        }
    }

    /// One interaction's story; nil when the centre has no such interaction or the teams do not reach it.
    func record(
        _ id: InteractionID, of tenant: TenantID, teams: [TeamID]? = nil, withAnswers: Bool = false
    ) async throws -> InteractionRecord? {
        let now = installation.clock.now()
        return try await installation.database.read { tx in
            guard let found = try interactions.interaction(id, of: tenant, in: tx) else { return nil }
            if let teams, !found.parts.contains(where: { $0.team.map(teams.contains) ?? false }) { return nil }
            return try record(found.interaction, found.parts, of: tenant, withAnswers: withAnswers, in: tx, at: now)
        }
    }

    /// The same by the sender's id, for programs: answers stay with people.
    func record(_ externalID: String, source: String, of tenant: TenantID) async throws -> InteractionRecord? {
        let now = installation.clock.now()
        return try await installation.database.read { tx in
            guard let found = try interactions.interaction(externalID, source: source, of: tenant, in: tx) else {
                return nil
            }
            return try record(found.interaction, found.parts, of: tenant, withAnswers: false, in: tx, at: now)
        }
    }

    private func record(
        _ interaction: Interaction, _ parts: [InteractionPart], of tenant: TenantID, withAnswers: Bool,
        in tx: any Transaction, at now: Moment
    ) throws -> InteractionRecord {
        let store = RecordsStore(tx: tx, tenant: tenant)
        let dispositions = Set(parts.compactMap(\.disposition) + [interaction.lastDisposition].compactMap(\.self))
        let invitations = try store.invitations(of: interaction.id).map { $0.read(at: now) }
        let messages = try tx.query(
            OutboxStore.page(OutboxFilter(interaction: interaction.id), of: tenant, limit: Self.pageSize))
        return InteractionRecord(
            interaction: interaction, parts: parts,
            service: try services.service(interaction.service, of: tenant, in: tx),
            dispositions: try services.dispositions(dispositions.sorted(), of: tenant, in: tx),
            people: try accounts.people(Set(parts.compactMap(\.agent)), of: tenant, in: tx),
            contact: try interaction.contact.flatMap { try contacts.contact($0, of: tenant, in: tx) },
            customerCase: try interaction.caseID.flatMap { try contacts.cases([$0], of: tenant, in: tx)[$0] },
            runs: try workflows.runs(of: [interaction.id], of: tenant, in: tx)[interaction.id] ?? [],
            considered: try workflows.considered(
                for: interaction.id, service: interaction.service, of: tenant, in: tx),
            invitations: invitations, messages: try messages.map(OutboxStore.outboxMessage).reversed(),
            answers: withAnswers ? try invitations.compactMap { try answers(to: $0, of: tenant, in: tx) } : [])
    }

    private func answers(
        to invitation: RecordedInvitation, of tenant: TenantID, in tx: any Transaction
    ) throws -> RecordedAnswers? {
        guard let row = try tx.one(AnsweringStore.selectCounted(invitation.id, of: tenant)) else { return nil }
        let submission = try AnsweringStore.counted(row)
        let stored = try tx.query(AnsweringStore.selectAnswers(submission.id, of: tenant)).map(AnsweringStore.answer)
        let byBlock = Dictionary(stored.map { ($0.block, $0) }, uniquingKeysWith: { first, _ in first })
        let content = try surveys.version(submission.version, of: tenant, in: tx)?.content
        let blocks = (content?.language(submission.language) ?? content?.languages.first)?.blocks ?? []
        return RecordedAnswers(
            invitation: invitation.id, formName: invitation.formName, language: submission.language,
            entries: blocks.compactMap { block in
                guard let answer = byBlock[block.key] else { return nil }
                let texts = answer.content.options ?? [answer.content.text].compactMap(\.self)
                return RecordedAnswers.Entry(question: block.text, texts: texts, number: answer.number)
            })
    }
}

extension RecordedInvitation {
    /// As it reads at a moment: a link whose time is over is expired, whether or not anybody wrote it down.
    func read(at now: Moment) -> RecordedInvitation {
        guard let expiresAt, expiresAt <= now, state != .answered, state.mayBecome(.expired) else { return self }
        return RecordedInvitation(
            id: id, run: run, form: form, formName: formName, state: .expired, createdAt: createdAt,
            firstSentAt: firstSentAt, expiresAt: expiresAt, answeredAt: answeredAt)
    }
}
