// SPDX-License-Identifier: Apache-2.0
// Uploaded pictures become PNGs of ours by libgd, on a thread of its own, one after the other: a decoded picture takes
// up to 64 MiB. What was beside the pixels (places, cameras, comments, scripts) is gone.
import CGd
import Foundation
import NIOCore
import NIOPosix

/// Makes PNGs of what is uploaded.
final class PictureMaking: Sendable {
    /// One for the whole process.
    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        return pool
    }()
    /// libgd's functions, from the first picture on.
    private static let library = Result { try load("libgd.so.3") }

    /// A file as a PNG of ours. A PNG that came from here comes out with the same bytes.
    /// - Throws: ``PictureFault``.
    func picture(of file: [UInt8]) async throws -> Picture {
        try await Self.threads.runIfActive {
            let header = try PictureHeader(file)
            return try Painter(gd: Self.library.get()).picture(of: file, header.kind)
        }
    }

    /// Finds the library's functions.
    /// - Throws: ``PictureFault/noLibrary(reason:)``.
    static func load(_ name: String) throws -> gd_calls {
        let calls = UnsafeMutablePointer<gd_calls>.allocate(capacity: 1)
        defer { calls.deallocate() }
        var reason: UnsafePointer<CChar>?
        guard gd_load(name, calls, &reason) else {
            throw PictureFault.noLibrary(reason: reason.map { String(cString: $0) } ?? "")
        }
        // What is wrong with a file concerns its sender, not the server's log.
        calls.pointee.gdSetErrorMethod { _, _, _ in }
        return calls.pointee
    }
}

/// Decodes, makes smaller and encodes.
private struct Painter {
    let gd: gd_calls
    /// zlib's usual effort: the greatest takes three times as long for a twentieth less.
    private static let effort: Int32 = 6
    private static let dotsPerInch: UInt32 = 96
    private static let clear: Int32 = 0x7F00_0000

    func picture(of file: [UInt8], _ kind: PictureHeader.Kind) throws -> Picture {
        guard var image = decoded(file, kind) else { throw PictureFault.unreadable }
        defer { gd.gdImageDestroy(image) }
        // The decoder has the last word about the size, whatever the header said.
        guard max(image.pointee.sx, image.pointee.sy) <= Int32(PictureLimits.side) else {
            throw PictureFault.tooManyPixels(width: Int(image.pointee.sx), height: Int(image.pointee.sy))
        }
        guard image.pointee.trueColor != 0 || gd.gdImagePaletteToTrueColor(image) != 0 else {
            throw PictureFault.unreadable
        }
        plain(image)
        for _ in 0..<PictureLimits.reductions {
            guard let png = encoded(image) else { throw PictureFault.unreadable }
            if png.count <= PictureLimits.bytes {
                return Picture(png: png, width: Int(image.pointee.sx), height: Int(image.pointee.sy))
            }
            guard let smaller = reduced(image, pngBytes: png.count) else { throw PictureFault.unreadable }
            gd.gdImageDestroy(image)
            image = smaller
            plain(image)
        }
        throw PictureFault.tooLarge
    }

    private func decoded(_ file: [UInt8], _ kind: PictureHeader.Kind) -> gdImagePtr? {
        var file = file
        return file.withUnsafeMutableBytes { bytes in
            let (size, start) = (Int32(bytes.count), bytes.baseAddress)
            return switch kind {
            case .png: gd.gdImageCreateFromPngPtr(size, start)
            case .jpeg: gd.gdImageCreateFromJpegPtrEx(size, start, 1)
            case .gif: gd.gdImageCreateFromGifPtr(size, start)
            case .webp: gd.gdImageCreateFromWebpPtr(size, start)
            }
        }
    }

    /// Takes away whatever would make two files of the same pixels: a colour that stands for nothing becomes clear
    /// pixels, alpha is written only where there is any.
    private func plain(_ image: gdImagePtr) {
        let nothing = image.pointee.transparent
        var hasAlpha = false
        for y in 0..<Int(image.pointee.sy) {
            guard let row = image.pointee.tpixels[y] else { continue }
            for x in 0..<Int(image.pointee.sx) {
                if nothing >= 0, row[x] == nothing { row[x] = Self.clear }
                if row[x] & Self.clear != 0 { hasAlpha = true }
            }
        }
        gd.gdImageColorTransparent(image, -1)
        gd.gdImageSaveAlpha(image, hasAlpha ? 1 : 0)
        gd.gdImageInterlace(image, 0)
        gd.gdImageSetResolution(image, Self.dotsPerInch, Self.dotsPerInch)
    }

    private func encoded(_ image: gdImagePtr) -> [UInt8]? {
        var size: Int32 = 0
        guard let png = gd.gdImagePngPtrEx(image, &size, Self.effort) else { return nil }
        defer { gd.gdFree(png) }
        return size > 0 ? Array(UnsafeRawBufferPointer(start: png, count: Int(size))) : nil
    }

    /// The picture with fewer pixels, by how much its PNG was too large.
    private func reduced(_ image: gdImagePtr, pngBytes: Int) -> gdImagePtr? {
        let factor = max(0.25, (Double(PictureLimits.bytes) / Double(pngBytes)).squareRoot() * 0.95)
        let (width, height) = (image.pointee.sx, image.pointee.sy)
        let smallWidth = max(1, Int32(Double(width) * factor))
        let smallHeight = max(1, Int32(Double(height) * factor))
        guard let smaller = gd.gdImageCreateTrueColor(smallWidth, smallHeight) else { return nil }
        gd.gdImageAlphaBlending(smaller, 0)
        gd.gdImageCopyResampled(smaller, image, 0, 0, 0, 0, smallWidth, smallHeight, width, height)
        return smaller
    }
}
