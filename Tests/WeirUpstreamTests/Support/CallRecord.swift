import NIOCore
import WeirHTTP
import WeirTesting
import WeirUpstream

/// What a handler has heard of one call.
struct CallRecord: Sendable {
    var informational: [UInt16] = []
    var head: ResponseHead?
    var body = ByteBuffer()
    /// Bytes of the body, kept in `body` or not.
    var bodyCount = 0
    var bursts = 0
    var trailers: FieldSection?
    var error: UpstreamError?
    /// The connection has switched protocols.
    var hasSwitched = false
    /// Words heard behind the last one.
    var lateWords = 0
    /// Bytes of a request body that the transport has been given.
    var fed = 0
    /// Times the transport asked to wait with the request body.
    var waits = 0

    var isOver: Bool { trailers != nil || error != nil || hasSwitched }
    var status: UInt16? { head?.status }
    var text: String { String(buffer: body) }
}
