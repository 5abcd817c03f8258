import NIOCore
import WeirHTTP

/// One request of a warming list, read as a client's would be.
struct WarmRequest: Sendable {
    let head: RequestHead
    let body: ByteBuffer?
    /// Whether it is taken for one that came over TLS.
    let isSecure: Bool
}
