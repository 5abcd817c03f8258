import NIOCore

/// The bytes of an answer under way, in the pieces in which they came.
///
///     trimmed        held
///     ░░░░░░░░░░░░░░ ▓▓▓▓▓▓▓▓▓▓▓▓▓
///     0              firstIndex   endIndex      counted in pieces from the answer's first
struct ChunkLog {
    /// What a piece costs besides its bytes.
    private static let overhead = 128

    private var chunks = CircularBuffer<ByteBuffer>()
    private(set) var firstIndex = 0
    /// Bytes appended ever: the position of the newest byte.
    private(set) var end = 0
    /// Bytes held now, overhead included.
    private(set) var held = 0

    var endIndex: Int { firstIndex + chunks.count }

    /// - Parameter index: within `firstIndex..<endIndex`.
    subscript(index: Int) -> ByteBuffer { chunks[offset: index - firstIndex] }

    /// Takes a piece over. A small slice of a large read buffer is copied: it would keep all of that in memory.
    mutating func append(_ chunk: ByteBuffer) {
        let wasteful = chunk.storageCapacity > 2 * chunk.readableBytes + 512
        chunks.append(wasteful ? ByteBuffer(buffer: chunk) : chunk)
        end += chunk.readableBytes
        held += chunk.readableBytes + Self.overhead
    }

    /// Lets go of every piece before `index`.
    mutating func trim(before index: Int) {
        while firstIndex < min(index, endIndex), let chunk = chunks.popFirst() {
            held -= chunk.readableBytes + Self.overhead
            firstIndex += 1
        }
    }
}
