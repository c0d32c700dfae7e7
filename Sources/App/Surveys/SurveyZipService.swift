// SPDX-License-Identifier: Apache-2.0
// The zip that a form travels in, by libzip on a thread of its own. What comes from outside is read within limits:
// names are compared and never used as paths, and nothing is unpacked that a form does not hold.
import CMemory
import CZip
import Foundation
import NIOCore
import NIOPosix

/// Packs and unpacks the files of forms.
final class SurveyZipping: Sendable {
    /// What a form's file holds, in this order, and how many bytes of each at most.
    static let entries: [(name: String, limit: Int)] = [
        ("form.json", SurveyLimits.fileBytes), ("style.css", SurveyLimits.styleBytes),
        ("image.png", PictureLimits.bytes),
    ]
    /// 1 January 1980, where DOS begins to count: the same bytes at every time.
    private static let dosDate: UInt16 = 0x21
    /// One for the whole process.
    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        return pool
    }()

    /// Packs a form's files: equal contents give equal bytes.
    func packed(_ contents: [String: [UInt8]]) async throws -> [UInt8] {
        try await Self.threads.runIfActive { try Self.pack(contents) }
    }

    /// The files of a form.
    /// - Throws: ``Refusal`` for the field `file`.
    func unpacked(_ file: [UInt8]) async throws -> [String: [UInt8]] {
        try await Self.threads.runIfActive { try Self.unpack(file) }
    }

    /// Does something on the same thread that takes long and much memory, which goes back to the system at once.
    func apart<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await Self.threads.runIfActive {
            defer { _ = malloc_trim(0) }
            return try work()
        }
    }

    /// libzip could not write: no memory.
    struct PackingFailed: Error {}

    // MARK: Packing

    private static func pack(_ contents: [String: [UInt8]]) throws -> [UInt8] {
        guard let source = zip_source_buffer_create(nil, 0, 0, nil) else { throw PackingFailed() }
        defer { zip_source_free(source) }
        // One hold for the archive, which lets go when it is closed, and one for reading what it has written.
        zip_source_keep(source)
        guard let archive = zip_open_from_source(source, ZIP_TRUNCATE, nil) else {
            zip_source_free(source)
            throw PackingFailed()
        }
        for (name, _) in entries {
            guard let content = contents[name] else { continue }
            guard add(content, as: name, to: archive) else {
                zip_discard(archive)
                throw PackingFailed()
            }
        }
        guard zip_close(archive) == 0 else {
            zip_discard(archive)
            throw PackingFailed()
        }
        return try written(source)
    }

    private static func add(_ content: [UInt8], as name: String, to archive: OpaquePointer) -> Bool {
        guard let memory = malloc(max(1, content.count)) else { return false }
        content.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { memcpy(memory, start, bytes.count) }
        }
        guard let source = zip_source_buffer(archive, memory, zip_uint64_t(content.count), 1) else {
            free(memory)
            return false
        }
        let index = zip_file_add(archive, name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
        guard index >= 0 else {
            zip_source_free(source)
            return false
        }
        let place = zip_uint64_t(index)
        return zip_set_file_compression(archive, place, ZIP_CM_DEFLATE, 9) == 0
            && zip_file_set_dostime(archive, place, 0, dosDate, 0) == 0
            && zip_file_set_external_attributes(archive, place, 0, zip_uint8_t(ZIP_OPSYS_UNIX), 0o100644 << 16) == 0
    }

    private static func written(_ source: OpaquePointer) throws -> [UInt8] {
        var stat = zip_stat_t()
        guard zip_source_stat(source, &stat) == 0, zip_source_open(source) == 0 else { throw PackingFailed() }
        defer { zip_source_close(source) }
        var bytes = [UInt8](repeating: 0, count: Int(stat.size))
        let count = bytes.withUnsafeMutableBytes { zip_source_read(source, $0.baseAddress, zip_uint64_t($0.count)) }
        guard count == Int64(bytes.count) else { throw PackingFailed() }
        return bytes
    }

    // MARK: Unpacking

    private static func unpack(_ file: [UInt8]) throws -> [String: [UInt8]] {
        if file.isEmpty { throw SurveyFileFault.refusal("no_file", "noFile") }
        return try file.withUnsafeBytes { bytes in
            guard let source = zip_source_buffer_create(bytes.baseAddress, zip_uint64_t(bytes.count), 0, nil) else {
                throw PackingFailed()
            }
            guard let archive = zip_open_from_source(source, ZIP_RDONLY, nil) else {
                zip_source_free(source)
                throw SurveyFileFault.refusal("not_a_zip", "notAZip")
            }
            defer { zip_discard(archive) }
            return try contents(of: archive)
        }
    }

    private static func contents(of archive: OpaquePointer) throws -> [String: [UInt8]] {
        let count = zip_get_num_entries(archive, 0)
        guard count <= Int64(entries.count) else {
            throw SurveyFileFault.refusal(
                "too_many_entries", "tooManyEntries", ["count": String(count), "limit": String(entries.count)])
        }
        var found: [String: [UInt8]] = [:]
        for index in 0..<zip_uint64_t(max(0, count)) {
            let (name, limit) = try entry(index, of: archive)
            guard found[name] == nil else { throw SurveyFileFault.refusal("entry_twice", "entryTwice", ["name": name]) }
            found[name] = try read(index, name, limit: limit, of: archive)
        }
        return found
    }

    /// An entry's name and how much it may hold, once its head is one of ours.
    private static func entry(_ index: zip_uint64_t, of archive: OpaquePointer) throws -> (String, Int) {
        var stat = zip_stat_t()
        guard zip_stat_index(archive, index, 0, &stat) == 0, let text = stat.name else {
            throw SurveyFileFault.refusal("not_a_zip", "notAZip")
        }
        let name = String(cString: text)
        let shown = ["name": String(name.prefix(80))]
        guard let known = entries.first(where: { $0.name == name }) else {
            throw SurveyFileFault.refusal("unknown_entry", "unknownEntry", shown)
        }
        var (system, attributes): (zip_uint8_t, zip_uint32_t) = (0, 0)
        zip_file_get_external_attributes(archive, index, 0, &system, &attributes)
        let isPlain = system != zip_uint8_t(ZIP_OPSYS_UNIX) || [0, 0o100000].contains(attributes >> 16 & 0o170000)
        guard isPlain else { throw SurveyFileFault.refusal("not_a_file", "notAFile", shown) }
        guard stat.encryption_method == zip_uint16_t(ZIP_EM_NONE),
            [ZIP_CM_STORE, ZIP_CM_DEFLATE].contains(Int32(stat.comp_method))
        else { throw SurveyFileFault.refusal("unreadable_entry", "unreadableEntry", shown) }
        guard stat.size <= zip_uint64_t(known.limit) else { throw tooLarge(name, known.limit) }
        return (name, known.limit)
    }

    private static func tooLarge(_ name: String, _ limit: Int) -> Refusal {
        SurveyFileFault.refusal("entry_too_large", "entryTooLarge", ["name": name, "limit": String(limit / 1024)])
    }

    /// At most one byte more than the limit is unpacked, whatever the head says; libzip compares the checksum.
    private static func read(
        _ index: zip_uint64_t, _ name: String, limit: Int, of archive: OpaquePointer
    ) throws -> [UInt8] {
        let damaged = SurveyFileFault.refusal("damaged_entry", "damagedEntry", ["name": name])
        guard let file = zip_fopen_index(archive, index, 0) else { throw damaged }
        defer { zip_fclose(file) }
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        // Memory that is not written to costs nothing, a content that grows would lie there twice.
        content.reserveCapacity(limit + piece.count)
        while true {
            let count = piece.withUnsafeMutableBytes { zip_fread(file, $0.baseAddress, zip_uint64_t($0.count)) }
            if count < 0 { throw damaged }
            if count == 0 { return content }
            content += piece.prefix(Int(count))
            if content.count > limit { throw tooLarge(name, limit) }
        }
    }
}
