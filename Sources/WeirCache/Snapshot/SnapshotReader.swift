import NIOCore

/// Takes a snapshot apart, with no more of it in memory than one entry and a piece of the file.
struct SnapshotReader: ~Copyable {
    enum Element {
        case entry(ByteBuffer)
        /// Larger than what is read.
        case skipped
    }

    private static let pieceSize = 1 << 20

    let header: SnapshotHeader
    /// As they lie there.
    let untold: ByteBuffer
    private let file: SnapshotFile
    /// Bytes of the file.
    private let size: Int
    /// Bytes of the largest entry that is read.
    private let maxEntry: Int
    private var pending = ByteBuffer()
    private var entries = 0
    /// Where the entry begins that was read last, in bytes of the file.
    private(set) var offset = 0
    /// Bytes behind which the next entry begins.
    private(set) var position: Int

    private init(
        _ file: consuming SnapshotFile,
        header: SnapshotHeader,
        untold: ByteBuffer,
        size: Int,
        maxEntry: Int
    ) {
        self.file = file
        self.header = header
        self.untold = untold
        self.size = size
        self.maxEntry = maxEntry
        position = SnapshotHeader.size + untold.readableBytes
    }

    static func open(_ file: consuming SnapshotFile, maxEntry: Int) throws(SnapshotFault) -> SnapshotReader {
        let size = try file.size()
        let header = try SnapshotHeader(try take(SnapshotHeader.size, of: file))
        // Where the file is cut short there are fewer.
        let untold = try take(min(Int(header.untoldSize), size), of: file)
        return SnapshotReader(file, header: header, untold: untold, size: size, maxEntry: maxEntry)
    }

    /// - Returns: fewer where there are no more.
    private static func take(_ count: Int, of file: borrowing SnapshotFile) throws(SnapshotFault) -> ByteBuffer {
        var bytes = ByteBuffer()
        while bytes.readableBytes < count {
            guard try file.take(into: &bytes, atMost: count - bytes.readableBytes) else { break }
        }
        return bytes
    }

    /// What the entry that was read last is bound to.
    var binding: ByteBuffer { header.binding(entries - 1) }

    /// - Returns: nil behind the last entry.
    mutating func next() throws(SnapshotFault) -> Element? {
        offset = position
        try fill(MemoryLayout<UInt32>.size)
        let length = Int(pending.readInteger(as: UInt32.self) ?? 0)
        position += MemoryLayout<UInt32>.size
        guard length > 0 else {
            try readEnd()
            return nil
        }
        guard length <= size - position else { throw damaged }
        position += length
        entries += 1
        guard length <= maxEntry else {
            let held = min(length, pending.readableBytes)
            pending.moveReaderIndex(forwardBy: held)
            try file.skip(length - held)
            return .skipped
        }
        try fill(length)
        guard let entry = pending.readSlice(length: length) else { throw damaged }
        return .entry(entry)
    }

    private mutating func readEnd() throws(SnapshotFault) {
        try fill(MemoryLayout<UInt64>.size)
        position += MemoryLayout<UInt64>.size
        guard pending.readInteger(as: UInt64.self) == UInt64(entries), position == size else { throw damaged }
    }

    /// Sees to it that so many bytes are at hand.
    private mutating func fill(_ count: Int) throws(SnapshotFault) {
        guard pending.readableBytes < count else { return }
        pending.discardReadBytes()
        while pending.readableBytes < count {
            let wanted = max(count - pending.readableBytes, Self.pieceSize)
            guard try file.take(into: &pending, atMost: wanted) else { throw damaged }
        }
    }

    private var damaged: SnapshotFault { .entry(.damaged, offset: offset) }
}
