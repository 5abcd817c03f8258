/// Whether a full response that is not stored ends what is stored for the same request: it shows that the resource is not
/// what it was (RFC 9111 §4.3.3, §4).
package enum Supersession {
    /// - Parameter reason: why it is not stored, where that is its own doing.
    package static func ends(status: UInt16, refusedFor reason: NoStoreReason?) -> Bool {
        guard speaksOfResource(status) else { return false }
        return switch reason {
        // What one request asked for or came with says nothing of what others have stored.
        case .authorization, .requestNoStore, .partial, .method: false
        case .status, .noStore, .private, .setCookie, .varyStar, .noCache, .noFreshness, nil: true
        }
    }

    /// Success, a redirection, or that it is gone (RFC 9110 §15.3–§15.5, RFC 7725). Other errors may be due to the one
    /// request that got them: who can provoke one must not be able to clear the cache by it.
    private static func speaksOfResource(_ status: UInt16) -> Bool {
        switch status {
        case 304: false
        case 200..<400, 404, 410, 451: true
        case _: false
        }
    }
}
