import NIOCore
import WeirHTTP

/// A path as an origin may read it that decodes and tidies more than Weir does: every percent-encoding undone, empty segments
/// left out.
enum PlainPath {
    private static let slash = UInt8(ascii: "/")

    /// - Returns: nil where that is the path as it stands.
    static func make(_ path: ByteBufferView) -> [UInt8]? {
        guard isPerhapsOther(path) else { return nil }
        var plain: [UInt8] = []
        plain.reserveCapacity(path.count)
        var index = path.startIndex
        while index < path.endIndex {
            let (byte, length) = byte(path, at: index)
            index += length
            if byte == slash, plain.last == slash { continue }
            plain.append(byte)
        }
        return plain.elementsEqual(path) ? nil : plain
    }

    /// Of most paths that settles it, without a copy.
    private static func isPerhapsOther(_ path: ByteBufferView) -> Bool {
        var last: UInt8 = 0
        for byte in path {
            if byte == UInt8(ascii: "%") || byte == slash && last == slash { return true }
            last = byte
        }
        return false
    }

    private static func byte(_ path: ByteBufferView, at index: Int) -> (byte: UInt8, length: Int) {
        guard path[index] == UInt8(ascii: "%"), index + 2 < path.endIndex, let high = ASCII.hexValue(path[index + 1]),
            let low = ASCII.hexValue(path[index + 2])
        else { return (path[index], 1) }
        return (high << 4 | low, 3)
    }
}
