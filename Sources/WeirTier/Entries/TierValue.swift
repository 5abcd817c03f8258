import NIOCore
import WeirCache
import WeirHTTP

/// What stands in Redis under a key: an answer, or the names of the request's fields by which one of several is found.
///
///     'E'  milliseconds kept (8, big-endian)  the answer, as ``StoredResponseCoder`` writes it
///     'S'  generation (8, big-endian)  names, in lower case, with a comma between
enum TierValue: Equatable {
    /// - Parameter kept: how long Redis keeps it from when it was written, in milliseconds. From that, and from how long
    ///   it still does, follows the answer's age without comparing the clocks of two machines.
    case entry(kept: Int64, ByteBuffer)
    case selection(SelectingNames)

    private static let maxNames = 64
    private static let maxNamesSize = 4096

    /// Whether names are few and short enough to be written and read.
    static func holds(_ names: [String]) -> Bool {
        names.count <= maxNames && names.reduce(names.count) { $0 + $1.utf8.count } <= maxNamesSize
    }

    /// - Returns: nil for what another version of Weir may mean something by.
    init?(_ bytes: ByteBuffer) {
        var bytes = bytes
        switch bytes.readInteger(as: UInt8.self) {
        case UInt8(ascii: "E"):
            guard let kept = bytes.readInteger(as: Int64.self), kept >= 0 else { return nil }
            self = .entry(kept: kept, bytes)
        case UInt8(ascii: "S"):
            guard let generation = bytes.readInteger(as: UInt64.self), bytes.readableBytes < Self.maxNamesSize else {
                return nil
            }
            let names = String(buffer: bytes).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard Self.holds(names), names.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(ASCII.isTokenCharacter) })
            else { return nil }
            self = .selection(SelectingNames(names: names, generation: generation))
        default:
            return nil
        }
    }

    var bytes: ByteBuffer {
        switch self {
        case .entry(let kept, let entry):
            var bytes = ByteBuffer()
            bytes.reserveCapacity(entry.readableBytes + 9)
            bytes.writeMultipleIntegers(UInt8(ascii: "E"), kept)
            bytes.writeImmutableBuffer(entry)
            return bytes
        case .selection(let selecting):
            var bytes = ByteBuffer()
            bytes.writeMultipleIntegers(UInt8(ascii: "S"), selecting.generation)
            bytes.writeString(selecting.names.joined(separator: ","))
            return bytes
        }
    }

    /// What an answer's bytes are bound to: neither under another name nor with another time are they good.
    static func binding(_ name: ByteBuffer, kept: Int64) -> ByteBuffer {
        var binding = name
        binding.writeInteger(kept)
        return binding
    }

    /// How long ago an answer was written.
    /// - Parameter remaining: how long Redis keeps it still, in milliseconds (`PTTL`); negative where it is gone by now.
    static func elapsed(kept: Int64, remaining: Int64) -> TimeAmount {
        .milliseconds(remaining < 0 ? kept : max(0, kept - remaining))
    }
}
