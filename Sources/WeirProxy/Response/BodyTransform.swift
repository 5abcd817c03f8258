import NIOCore
import WeirHTTP
import WeirOpenAI

/// What happens to a body between its source and one client.
enum BodyTransform {
    case none
    case encode(any ContentEncoder)
    case gunzip(GzipDecoder)
    /// Takes out of an AI stream what its client did not ask for.
    case stripUsage(UsageStripper)

    /// Whether what goes out may be longer or shorter than what came in.
    var changesLength: Bool {
        if case .none = self { false } else { true }
    }

    mutating func transform(_ chunk: ByteBuffer) throws -> ByteBuffer {
        switch self {
        case .none: return chunk
        case .encode(let encoder): return encoder.encode(chunk)
        case .gunzip(let decoder): return try decoder.decode(chunk)
        case .stripUsage(var stripper):
            // Out of the enum while it works, so that its buffer is not copied.
            self = .none
            defer { self = .stripUsage(stripper) }
            return stripper.filter(chunk)
        }
    }

    /// What can go out now although more will follow: an event must not wait for the next.
    mutating func flush() -> ByteBuffer? {
        switch self {
        case .encode(let encoder): encoder.flush()
        case .none, .gunzip, .stripUsage: nil
        }
    }

    mutating func finish() throws -> ByteBuffer? {
        switch self {
        case .none: return nil
        case .encode(let encoder): return encoder.finish()
        case .gunzip(let decoder):
            try decoder.finish()
            return nil
        case .stripUsage(var stripper):
            self = .none
            return stripper.finish()
        }
    }
}
