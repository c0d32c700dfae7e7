// SPDX-License-Identifier: Apache-2.0
// Compresses what browsers fetch, once. Pages themselves are not: they hold the form token beside what somebody may
// have put into the address, which is what BREACH needs.
import CZlib
import Foundation

/// The bytes as gzip, as small as zlib makes them; nil when zlib cannot.
func gzipped(_ content: Data) -> Data? {
    var stream = z_stream()
    // 15 bits of window, and 16 more for gzip's head and tail.
    let opened = deflateInit2_(
        &stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard opened == Z_OK else { return nil }
    defer { deflateEnd(&stream) }
    var input = [UInt8](content)
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, uLong(input.count))))
    let (room, length) = (output.count, input.count)
    let isDone = input.withUnsafeMutableBufferPointer { source in
        output.withUnsafeMutableBufferPointer { target in
            stream.next_in = source.baseAddress
            stream.avail_in = uInt(length)
            stream.next_out = target.baseAddress
            stream.avail_out = uInt(room)
            return deflate(&stream, Z_FINISH) == Z_STREAM_END
        }
    }
    return isDone ? Data(output.prefix(Int(stream.total_out))) : nil
}
