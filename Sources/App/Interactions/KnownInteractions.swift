// SPDX-License-Identifier: Apache-2.0
// Everything that the database knows of a list of deliveries, read with a constant number of statements.
import Foundation
import Storage

/// What deliveries are compared with.
struct KnownInteractions {
    let interactions: [String: Interaction]
    let parts: [InteractionID: [InteractionPart]]
    private let servicesByID: [ServiceID: Service]
    private let servicesByName: [String: Service]
    private let dispositions: [ServiceID: [Disposition]]

    init(of deliveries: [Intake], from sender: IntakeSender, services: Services, in tx: any Transaction) throws {
        let store = InteractionsStore(tx: tx, tenant: sender.tenant)
        interactions = try store.locked(source: sender.source, externalIDs: deliveries.map(\.externalID))
        parts = try store.parts(of: interactions.values.map(\.id).sorted())
        let references = Set(deliveries.compactMap(\.service))
        let ids = Set(interactions.values.map(\.service)).union(references.compactMap { ServiceID($0) })
        let found = try services.services(
            ids: ids.sorted(), foldedNames: Set(references.map(\.folded)).sorted(), of: sender.tenant, in: tx)
        servicesByID = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        servicesByName = Dictionary(found.map { ($0.name.folded, $0) }, uniquingKeysWith: { first, _ in first })
        dispositions = try services.dispositions(of: servicesByID.keys.sorted(), tenant: sender.tenant, in: tx)
    }

    /// A service by its id, else by its name.
    func service(_ reference: String) -> Service? {
        ServiceID(reference).flatMap { servicesByID[$0] } ?? servicesByName[reference.folded]
    }

    func service(_ id: ServiceID) -> Service? { servicesByID[id] }

    func dispositions(of service: ServiceID) -> [Disposition] { dispositions[service] ?? [] }

    func disposition(_ id: DispositionID?, of service: ServiceID) -> Disposition? {
        id.flatMap { id in dispositions(of: service).first { $0.id == id } }
    }
}
