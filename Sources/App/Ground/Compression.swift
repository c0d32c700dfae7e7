// SPDX-License-Identifier: Apache-2.0
// Compression by zlib in one go: of what browsers fetch, once, and of what is kept. Pages themselves are not, for they
// hold the form token beside what somebody may have put into the address, which is what BREACH needs.
import CZlib
import Foundation

/// The bytes as gzip, as small as zlib makes them; nil when zlib cannot.
func gzipped(_ content: Data) -> Data? {
    // 15 bits of window, and 16 more for gzip's head and tail.
    deflated([UInt8](content), level: 9, window: 15 + 16, memory: 8).map { Data($0) }
}

/// The bytes in zlib's form, made quickly; nil when zlib cannot.
///
/// Its tables are as large as the bytes need: zlib's usual ones take a quarter of a megabyte, which costs more to lay
/// out than a mail to compress.
func quicklyDeflated(_ plain: [UInt8]) -> [UInt8]? {
    var window: Int32 = 9
    while window < 15, 1 << window < plain.count { window += 1 }
    return deflated(plain, level: Z_BEST_SPEED, window: window, memory: max(1, window - 7))
}

private func deflated(_ plain: [UInt8], level: Int32, window: Int32, memory: Int32) -> [UInt8]? {
    var stream = z_stream()
    let opened = deflateInit2_(
        &stream, level, Z_DEFLATED, window, memory, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size))
    guard opened == Z_OK else { return nil }
    defer { deflateEnd(&stream) }
    let room = Int(deflateBound(&stream, uLong(plain.count)))
    var isDone = false
    let packed = [UInt8](unsafeUninitializedCapacity: room) { target, count in
        plain.withUnsafeBufferPointer { source in
            stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            stream.avail_in = uInt(source.count)
            stream.next_out = target.baseAddress
            stream.avail_out = uInt(room)
            isDone = deflate(&stream, Z_FINISH) == Z_STREAM_END
        }
        count = Int(stream.total_out)
    }
    return isDone ? packed : nil
}

/// Bytes that ``quicklyDeflated(_:)`` made, back again; nil when they are not exactly so many.
func inflated(_ packed: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
    var stream = z_stream()
    guard inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    var isDone = false
    let plain = [UInt8](unsafeUninitializedCapacity: count) { target, filled in
        packed.withUnsafeBufferPointer { source in
            stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            stream.avail_in = uInt(source.count)
            stream.next_out = target.baseAddress
            stream.avail_out = uInt(count)
            // All at once: zlib then lays out no window of its own.
            isDone = inflate(&stream, Z_FINISH) == Z_STREAM_END
        }
        filled = Int(stream.total_out)
    }
    return isDone && plain.count == count ? plain : nil
}
