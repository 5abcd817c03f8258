import NIOCore
import WeirHTTP

/// What libcurl's thread tells a call's event loop, in the order of ``UpstreamResponseHandler``.
enum CurlEvent: Sendable {
    /// The call has its place, and makes a connection of its own.
    case placed
    case informational(ResponseHead)
    case head(ResponseHead)
    case body(ByteBuffer)
    /// The backlog of the request's body has drained.
    case bodyWanted
    case end(FieldSection)
    case failed(UpstreamError)
}
