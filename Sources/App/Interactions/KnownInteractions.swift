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

    /// - Parameter others: See ``Transaction/query(_:lookingUp:)``.
    init(
        of deliveries: [Intake], from sender: IntakeSender, rooms: Interactions, in tx: any Transaction,
        lookingUp others: @autoclosure () -> [SQL]
    ) throws {
        let services = rooms.services
        let store = InteractionsStore(tx: tx, tenant: sender.tenant)
        let references = Set(deliveries.compactMap(\.service))
        let names = Set(references.map(\.folded)).sorted()
        let namedIDs = Set(references.compactMap { ServiceID($0) })
        interactions = try store.locked(
            source: sender.source, externalIDs: deliveries.map(\.externalID),
            lookingUp: services.lookUps(ids: namedIDs.sorted(), foldedNames: names, of: sender.tenant) + others())
        parts = try store.parts(of: interactions.values.map(\.id).sorted())
        let ids = namedIDs.union(interactions.values.map(\.service))
        let found = try services.services(ids: ids.sorted(), foldedNames: names, of: sender.tenant, in: tx)
        servicesByID = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        servicesByName = Dictionary(found.map { ($0.name.folded, $0) }, uniquingKeysWith: { first, _ in first })
        let known = Set(servicesByID.keys)
        let areTold = deliveries.contains { $0.act != .update }
        dispositions = try services.dispositions(
            of: known.sorted(), tenant: sender.tenant, in: tx,
            lookingUp: areTold ? rooms.events.lookUps(sender.tenant, known) : [])
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
