// SPDX-License-Identifier: Apache-2.0
// A picture that somebody has uploaded: always a PNG of ours, named by what it holds.
import Crypto
import Foundation

/// What a picture may be at most (spec 3.2).
public enum PictureLimits {
    /// Bytes of an uploaded file, and of the PNG that is made of it.
    public static let bytes = 2 * 1024 * 1024
    /// Pixels of a side.
    public static let side = 4096
    /// Passes of one JPEG over its pixels: each costs as much as a whole picture.
    static let scans = 100
    /// Segments and blocks of a file that are passed over before its size is found.
    static let segments = 10_000
    /// How often a picture is made smaller until its PNG fits.
    static let reductions = 8
    /// Bytes of a request that brings one: the file, and what stands around it.
    public static let requestBytes = bytes + 64 * 1024
    /// Pictures of one centre.
    public static let perCentre = 5000
}

/// A picture as it is kept and served.
public struct Picture: Sendable, Equatable {
    /// SHA-256 of the PNG in lower-case hexadecimal: its name, and its place `/pictures/{sha256}`.
    public let sha256: String
    public let width: Int
    public let height: Int
    public let png: [UInt8]

    init(png: [UInt8], width: Int, height: Int) {
        sha256 = SHA256.hash(data: png).map { String(format: "%02x", $0) }.joined()
        self.width = width
        self.height = height
        self.png = png
    }

    /// Whether a text can be the name of one.
    public static func isName(_ text: String) -> Bool {
        text.utf8.count == 64
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    /// Where browsers fetch a picture; the same for everybody, for its name says what it holds.
    public static func address(of sha256: String) -> String { "/pictures/" + sha256 }
}

/// Why a file becomes no picture.
enum PictureFault: Error, Equatable {
    case noFile
    /// More bytes than ``PictureLimits/bytes``.
    case tooLarge
    /// A drawing that may hold scripts and addresses.
    case svg
    /// None of the kinds that are read.
    case otherKind
    /// More pixels than ``PictureLimits/side``.
    case tooManyPixels(width: Int, height: Int)
    /// It begins like a picture and is none: cut short, damaged, animated WebP.
    case unreadable
    /// The centre has as many as it may.
    case tooMany
    /// The centre keeps as much as the provider lets it.
    case storageFull
    /// The machine lacks what reads pictures.
    case noLibrary(reason: String)

    /// The sentence for people. The field is the name of the form's part.
    func refusal(field: String = "picture") -> Refusal {
        func refused(_ kind: Refusal.Kind, _ code: String, _ key: String, _ arguments: [String: String] = [:])
            -> Refusal
        {
            Refusal(kind, code: code, key: "settings.picture." + key, arguments: arguments, field: field)
        }
        let limit = String(PictureLimits.bytes / 1024 / 1024)
        switch self {
        case .noFile: return refused(.invalid, "picture_missing", "noFile")
        case .tooLarge: return refused(.tooLarge, "picture_too_large", "tooLarge", ["limit": limit])
        case .svg: return refused(.invalid, "picture_svg", "svg")
        case .otherKind: return refused(.invalid, "not_a_picture", "otherKind")
        case .tooManyPixels(let width, let height):
            return refused(
                .invalid, "picture_too_big", "tooManyPixels",
                ["width": String(width), "height": String(height), "limit": String(PictureLimits.side)])
        case .unreadable: return refused(.invalid, "picture_unreadable", "unreadable")
        case .noLibrary: return refused(.unavailable, "pictures_unavailable", "noLibrary")
        case .storageFull: return refused(.conflict, "storage_full", "storageFull")
        case .tooMany:
            return refused(.conflict, "too_many_pictures", "tooMany", ["limit": String(PictureLimits.perCentre)])
        }
    }
}
