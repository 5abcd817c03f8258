package import NIOCore
import WeirHTTP

/// The lines of a warming list that hold something, with their numbers from 1 on.
package struct WarmList: Sequence, Sendable {
    private let bytes: ByteBuffer

    package init(_ bytes: ByteBuffer) { self.bytes = bytes }

    package func makeIterator() -> Iterator { Iterator(rest: bytes) }

    /// Cuts a list between its lines.
    /// - Parameter size: bytes of each part at most, unless one line alone is longer.
    /// - Returns: the parts, each with how many lines come before it.
    package static func parts(of bytes: ByteBuffer, size: Int) -> [(linesBefore: Int, bytes: ByteBuffer)] {
        var parts: [(linesBefore: Int, bytes: ByteBuffer)] = []
        var rest = bytes
        var linesBefore = 0
        while rest.readableBytes > 0 {
            let view = rest.readableBytesView
            let head = view.prefix(size)
            let end =
                head.count == view.count
                ? nil : head.lastIndex(of: ASCII.lineFeed) ?? view.dropFirst(size).firstIndex(of: ASCII.lineFeed)
            guard let part = rest.readSlice(length: end.map { $0 + 1 - view.startIndex } ?? view.count) else {
                preconditionFailure("Cannot find the bytes of a part")
            }
            parts.append((linesBefore, part))
            linesBefore += part.readableBytesView.count { $0 == ASCII.lineFeed }
        }
        return parts
    }

    package struct Iterator: IteratorProtocol {
        fileprivate var rest: ByteBuffer
        private var number = 0

        fileprivate init(rest: ByteBuffer) { self.rest = rest }

        package mutating func next() -> (number: Int, line: ByteBuffer)? {
            while rest.readableBytes > 0 {
                number += 1
                let view = rest.readableBytesView
                let length = view.firstIndex(of: ASCII.lineFeed).map { $0 - view.startIndex } ?? view.count
                guard let line = rest.readSlice(length: length) else {
                    preconditionFailure("Cannot find the bytes of a line")
                }
                if rest.readableBytes > 0 { rest.moveReaderIndex(forwardBy: 1) }
                if !line.readableBytesView.allSatisfy(Self.isBlank) { return (number, line) }
            }
            return nil
        }

        private static func isBlank(_ byte: UInt8) -> Bool {
            ASCII.isBlank(byte) || byte == ASCII.carriageReturn
        }
    }
}
