import NIOCore

/// What a snapshot keeps of the purges that sidecars have in common.
package struct SnapshotPurges: Sendable, Equatable {
    /// Purges that lie in a file and cannot be had of it, and why.
    package enum Loss: Sendable, Equatable {
        /// There are some that are untold.
        case untold(SnapshotFault)
        /// Whether there are any cannot be told.
        case unknown(SnapshotFault)
    }

    /// Which of them have reached what is stored; nil where that is not known.
    package var position: PurgePosition?
    /// This sidecar's own of which the others have not been told, as whoever tells them writes them down.
    package var untold: [String]
    /// nil where all that was kept is here.
    package var loss: Loss?

    package init(position: PurgePosition? = nil, untold: [String] = [], loss: Loss? = nil) {
        self.position = position
        self.untold = untold
        self.loss = loss
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
