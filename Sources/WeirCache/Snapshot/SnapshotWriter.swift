import NIOCore

/// Writes a snapshot piece by piece: the header, each entry behind its length (4 bytes), then a length of zero and the
/// number of entries (8 bytes), without which it is not whole.
struct SnapshotWriter: ~Copyable {
    /// Bytes gathered for one call of the system's.
    private static let pieceSize = 1 << 20

    let header: SnapshotHeader
    private let file: SnapshotFile
    private var pending = ByteBuffer()
    private(set) var entries = 0
    private(set) var bytes = 0

    /// - Parameter untold: what the header says of its size.
    init(_ file: consuming SnapshotFile, header: SnapshotHeader, untold: ByteBuffer) {
        self.file = file
        self.header = header
        pending.writeImmutableBuffer(header.bytes)
        pending.writeImmutableBuffer(untold)
    }

    /// What the next entry is bound to.
    var binding: ByteBuffer { header.binding(entries) }

    mutating func append(_ entry: ByteBuffer) throws(SnapshotFault) {
        pending.writeInteger(UInt32(entry.readableBytes))
        entries += 1
        if entry.readableBytes >= Self.pieceSize {
            try flush()
            try file.put(entry)
            bytes += entry.readableBytes
        } else {
            pending.writeImmutableBuffer(entry)
            if pending.readableBytes >= Self.pieceSize { try flush() }
        }
    }

    /// Returns when everything is on the disk.
    mutating func finish() throws(SnapshotFault) {
        pending.writeMultipleIntegers(UInt32(0), UInt64(entries))
        try flush()
        try file.sync()
    }

    private mutating func flush() throws(SnapshotFault) {
        try file.put(pending)
        bytes += pending.readableBytes
        pending.clear()
    }
}
