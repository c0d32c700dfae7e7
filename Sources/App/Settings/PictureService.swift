// SPDX-License-Identifier: Apache-2.0
// Uploaded pictures become PNGs of ours by libgd, on a thread of its own, one after the other: a decoded picture takes
// up to 64 MiB. What was beside the pixels (places, cameras, comments, scripts) is gone.
import CGd
import Foundation
import NIOCore
import NIOPosix

/// Makes PNGs of what is uploaded.
final class PictureMaking: Sendable {
    private let threads: NIOThreadPool
    /// zlib's usual effort: the greatest takes three times as long for a twentieth less.
    private static let effort: Int32 = 6
    private static let dotsPerInch: UInt32 = 96
    private static let clear: Int32 = 0x7F00_0000

    init() {
        threads = NIOThreadPool(numberOfThreads: 1)
        threads.start()
        // What is wrong with a file concerns its sender, not the server's log.
        gdSetErrorMethod { _, _, _ in }
    }

    deinit { threads.shutdownGracefully { _ in } }

    /// A file as a PNG of ours. A PNG that came from here comes out with the same bytes.
    /// - Throws: ``PictureFault``.
    func picture(of file: [UInt8]) async throws -> Picture {
        try await threads.runIfActive { try Self.make(file) }
    }

    private static func make(_ file: [UInt8]) throws -> Picture {
        let header = try PictureHeader(file)
        guard var image = decoded(file, header.kind) else { throw PictureFault.unreadable }
        defer { gdImageDestroy(image) }
        // The decoder has the last word about the size, whatever the header said.
        guard max(image.pointee.sx, image.pointee.sy) <= Int32(PictureLimits.side) else {
            throw PictureFault.tooManyPixels(width: Int(image.pointee.sx), height: Int(image.pointee.sy))
        }
        guard image.pointee.trueColor != 0 || gdImagePaletteToTrueColor(image) != 0 else {
            throw PictureFault.unreadable
        }
        plain(image)
        for _ in 0..<PictureLimits.reductions {
            guard let png = encoded(image) else { throw PictureFault.unreadable }
            if png.count <= PictureLimits.bytes {
                return Picture(png: png, width: Int(image.pointee.sx), height: Int(image.pointee.sy))
            }
            guard let smaller = reduced(image, pngBytes: png.count) else { throw PictureFault.unreadable }
            gdImageDestroy(image)
            image = smaller
            plain(image)
        }
        throw PictureFault.tooLarge
    }

    private static func decoded(_ file: [UInt8], _ kind: PictureHeader.Kind) -> gdImagePtr? {
        var file = file
        return file.withUnsafeMutableBytes { bytes in
            let (size, start) = (Int32(bytes.count), bytes.baseAddress)
            return switch kind {
            case .png: gdImageCreateFromPngPtr(size, start)
            case .jpeg: gdImageCreateFromJpegPtrEx(size, start, 1)
            case .gif: gdImageCreateFromGifPtr(size, start)
            case .webp: gdImageCreateFromWebpPtr(size, start)
            }
        }
    }

    /// Takes away whatever would make two files of the same pixels: a colour that stands for nothing becomes clear
    /// pixels, alpha is written only where there is any.
    private static func plain(_ image: gdImagePtr) {
        let nothing = image.pointee.transparent
        var hasAlpha = false
        for y in 0..<Int(image.pointee.sy) {
            guard let row = image.pointee.tpixels[y] else { continue }
            for x in 0..<Int(image.pointee.sx) {
                if nothing >= 0, row[x] == nothing { row[x] = clear }
                if row[x] & clear != 0 { hasAlpha = true }
            }
        }
        gdImageColorTransparent(image, -1)
        gdImageSaveAlpha(image, hasAlpha ? 1 : 0)
        gdImageInterlace(image, 0)
        gdImageSetResolution(image, dotsPerInch, dotsPerInch)
    }

    private static func encoded(_ image: gdImagePtr) -> [UInt8]? {
        var size: Int32 = 0
        guard let png = gdImagePngPtrEx(image, &size, effort) else { return nil }
        defer { gdFree(png) }
        return size > 0 ? Array(UnsafeRawBufferPointer(start: png, count: Int(size))) : nil
    }

    /// The picture with fewer pixels, by how much its PNG was too large.
    private static func reduced(_ image: gdImagePtr, pngBytes: Int) -> gdImagePtr? {
        let factor = max(0.25, (Double(PictureLimits.bytes) / Double(pngBytes)).squareRoot() * 0.95)
        let (width, height) = (image.pointee.sx, image.pointee.sy)
        let smallWidth = max(1, Int32(Double(width) * factor))
        let smallHeight = max(1, Int32(Double(height) * factor))
        guard let smaller = gdImageCreateTrueColor(smallWidth, smallHeight) else { return nil }
        gdImageAlphaBlending(smaller, 0)
        gdImageCopyResampled(smaller, image, 0, 0, 0, 0, smallWidth, smallHeight, width, height)
        return smaller
    }
}
