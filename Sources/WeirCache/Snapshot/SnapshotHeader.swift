import NIOCore
import WeirHTTP

/// How a snapshot begins:
///
///     0            8        10           18            34              50             54       62
///     'weirsnap'   version  written at   random bits   purged up to    bytes untold   digest   untold … entries …
///
/// Integers are big-endian; the digest is the first 8 bytes of the SHA-256 of what stands before it. Every entry is bound to its header and its number (see ``StoredResponseCoder``), so no entry
/// can be moved, repeated or taken into another snapshot, and none is good once the time has been changed. So are the
/// purges that are untold, which stand there where there are any (``SnapshotPurges``).
struct SnapshotHeader {
    static let magic = ByteBuffer(string: "weirsnap")
    static let size = 62
    private static let version: UInt16 = 3
    /// No epoch is 0.
    private static let none = PurgePosition(epoch: 0, number: 0)

    /// By the wall clock.
    let writtenAt: UnixTime
    /// Which purges of those that sidecars have in common have reached what is in it; nil where that is not known.
    let position: PurgePosition?
    private let identifier: (UInt64, UInt64)
    /// Bytes between it and the entries.
    var untoldSize: UInt32 = 0

    init(writtenAt: UnixTime, position: PurgePosition?) {
        var random = SystemRandomNumberGenerator()
        self.writtenAt = writtenAt
        self.position = position
        identifier = (random.next(), random.next())
    }

    /// - Parameter bytes: ``size`` of them, which begin with ``magic``.
    init(_ bytes: ByteBuffer) throws(SnapshotFault) {
        var rest = bytes
        rest.moveReaderIndex(forwardBy: min(Self.magic.readableBytes, rest.readableBytes))
        guard let version: UInt16 = rest.readInteger() else { throw .header(.damaged) }
        guard version == Self.version else { throw .header(.otherVersion) }
        guard let (seconds, first, second) = rest.readMultipleIntegers(as: (Int64, UInt64, UInt64).self) else {
            throw .header(.damaged)
        }
        guard let position = rest.readSlice(length: 16).flatMap({ PurgePosition($0) }),
            let untoldSize: UInt32 = rest.readInteger(), let digest: UInt64 = rest.readInteger(),
            digest == Self.digest(bytes.getSlice(at: bytes.readerIndex, length: Self.size - 8) ?? ByteBuffer())
        else { throw .header(.damaged) }
        self.untoldSize = untoldSize
        self.position = position == Self.none ? nil : position
        writtenAt = UnixTime(seconds: seconds)
        identifier = (first, second)
    }

    var bytes: ByteBuffer {
        var bytes = untoldBinding
        bytes.writeInteger(untoldSize)
        bytes.writeInteger(Self.digest(bytes))
        return bytes
    }

    private static func digest(_ bytes: ByteBuffer) -> UInt64 {
        var sha = SHA256()
        // The bytes are read within this closure only.
        unsafe bytes.withUnsafeReadableBytes { unsafe sha.update($0) }
        return sha.finish().word0
    }

    /// What the purges that are untold are bound to.
    var untoldBinding: ByteBuffer {
        var bytes = Self.magic
        bytes.writeMultipleIntegers(Self.version, writtenAt.seconds, identifier.0, identifier.1)
        bytes.writeImmutableBuffer((position ?? Self.none).bytes)
        return bytes
    }

    /// What the entry with this number is bound to.
    func binding(_ number: Int) -> ByteBuffer {
        var binding = bytes
        binding.writeInteger(UInt64(number))
        return binding
    }
}
