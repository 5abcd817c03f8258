import NIOCore
import WeirHTTP

/// What happens to a body between its source and one client.
enum BodyTransform {
    case none
    case encode(any ContentEncoder)
    case gunzip(GzipDecoder)

    /// Whether what goes out may be longer or shorter than what came in.
    var changesLength: Bool {
        if case .none = self { false } else { true }
    }

    mutating func transform(_ chunk: ByteBuffer) throws -> ByteBuffer {
        switch self {
        case .none: return chunk
        case .encode(let encoder): return encoder.encode(chunk)
        case .gunzip(let decoder): return try decoder.decode(chunk)
        }
    }

    /// What can go out now although more will follow: an event must not wait for the next.
    mutating func flush() -> ByteBuffer? {
        switch self {
        case .encode(let encoder): encoder.flush()
        case .none, .gunzip: nil
        }
    }

    mutating func finish() throws -> ByteBuffer? {
        switch self {
        case .none: return nil
        case .encode(let encoder): return encoder.finish()
        case .gunzip(let decoder):
            try decoder.finish()
            return nil
        }
    }
}
