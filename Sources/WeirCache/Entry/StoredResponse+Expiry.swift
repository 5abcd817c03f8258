import NIOCore
import WeirHTTP

extension StoredResponse {
    /// From when on it serves nobody but who takes what is stale (`max-stale`, RFC 9111 §5.2.1.2): its freshness and its
    /// stale windows (RFC 5861) are over and the upstream gave nothing to validate it with. Never, where a 304 can make
    /// it fresh again (RFC 9111 §4.3).
    var uselessAt: NIODeadline {
        if isValidatable { return .distantFuture }
        let freshness = freshness
        let staleWindow =
            freshness.mustRevalidate || freshness.alwaysValidate
            ? 0 : max(freshness.staleWhileRevalidate, freshness.staleIfError)
        let seconds = freshness.lifetime + staleWindow - initialAge
        return receivedAt + .seconds(min(max(seconds, 0), Self.longest))
    }

    /// Over a century in seconds; as nanoseconds it fits.
    private static var longest: Int64 { 1 << 32 }
}
