import NIOCore

/// What a snapshot keeps of the purges that sidecars have in common.
package struct SnapshotPurges: Sendable, Equatable {
    /// Which of them have reached what is stored; nil where that is not known.
    package var position: PurgePosition?
    /// This sidecar's own of which the others have not been told, as whoever tells them writes them down.
    package var untold: [String]

    package init(position: PurgePosition? = nil, untold: [String] = []) {
        self.position = position
        self.untold = untold
    }

    /// What is untold, each behind its length; empty where nothing is.
    var bytes: ByteBuffer {
        var bytes = ByteBuffer()
        for text in untold {
            bytes.writeInteger(UInt32(text.utf8.count))
            bytes.writeString(text)
        }
        return bytes
    }

    /// - Parameter bytes: as ``bytes`` gives them.
    static func untold(_ bytes: ByteBuffer) throws(CodingFault) -> [String] {
        var reader = BoundedReader(bytes)
        var untold: [String] = []
        while !reader.isAtEnd { untold.append(try reader.string()) }
        return untold
    }
}
