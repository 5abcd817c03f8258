package import NIOCore

/// A point in the order of the purges that sidecars have in common.
package struct PurgePosition: Sendable, Hashable {
    /// Drawn at random when the order began: Redis has lost it where it is another.
    package let epoch: UInt64
    /// Purges up to it.
    package let number: UInt64

    package init(epoch: UInt64, number: UInt64) {
        self.epoch = epoch
        self.number = number
    }

    /// - Parameter bytes: 16, as ``bytes`` gives them; nil for anything else.
    package init?(_ bytes: ByteBuffer) {
        var bytes = bytes
        guard let (epoch, number) = bytes.readMultipleIntegers(as: (UInt64, UInt64).self), bytes.readableBytes == 0
        else { return nil }
        self.init(epoch: epoch, number: number)
    }

    package var bytes: ByteBuffer {
        var bytes = ByteBuffer()
        bytes.writeMultipleIntegers(epoch, number)
        return bytes
    }
}
