// SPDX-License-Identifier: Apache-2.0
// The dispositions that a new service begins with (spec 4.1): read from dispositions.predefined.json beside this file.
import Foundation

/// The sets of dispositions for every type of service.
struct PredefinedDispositions: Decodable {
    /// A text in the languages of the product.
    struct Text: Decodable {
        let ru: String
        let en: String

        func text(_ language: String) -> String { language.hasPrefix("ru") ? ru : en }
    }

    /// One disposition of a set.
    struct Entry: Decodable {
        let name: Text
        let description: Text?
        let type: DispositionType
        let systemType: SystemType?
        let agentSelects: Bool?
        let doNotAsk: Bool?
        let fits: [DispositionFit]?
    }

    /// One folder of a set.
    struct Folder: Decodable {
        let name: Text
        let dispositions: [Entry]
    }

    /// The folders for some types of services.
    struct List: Decodable {
        let types: [ServiceType]
        let folders: [Folder]
    }

    /// The file has no set for a type of service, or is not in the program.
    struct Missing: Error {
        let what: String
    }

    let sets: [List]

    static func load() throws -> PredefinedDispositions {
        let path = "Services/dispositions.predefined.json"
        let file = EmbeddedAssets.files.first { $0.path.description == path }
        guard let file, let json = Data(base64Encoded: file.base64.description) else { throw Missing(what: path) }
        return try JSONDecoder().decode(PredefinedDispositions.self, from: json)
    }

    func folders(for type: ServiceType) throws -> [Folder] {
        guard let list = sets.first(where: { $0.types.contains(type) }) else { throw Missing(what: type.rawValue) }
        return list.folders
    }
}

extension PredefinedDispositions.Entry {
    /// The disposition of a new service.
    func entry(of type: ServiceType, language: String) -> ServiceContent.Entry {
        var entry = ServiceContent.Entry(name: name.text(language))
        entry.description = description?.text(language) ?? ""
        entry.type = self.type
        entry.systemType = systemType
        entry.agentSelects = agentSelects ?? true
        entry.doNotAsk = doNotAsk ?? false
        entry.fits = Set(fits ?? (type == .outbound ? [.outbound] : [.inbound]))
        return entry
    }
}
