import CCurl

/// What all easy handles have in common: TLS sessions, so that a new connection to a known upstream resumes one.
/// (The DNS cache is the multi handle's.) Used on ``CurlLoop``'s thread alone, hence without locks.
@safe
final class CurlShare {
    /// Owned: made in `init`, cleaned up in `deinit`, which libcurl wants to happen after that of every handle which
    /// uses it. ``CurlLoop`` lets go of its handles first.
    private let share: UnsafeMutableRawPointer

    init() {
        guard let share = unsafe curl_share_init() else { fatalError("libcurl has no memory for a share") }
        unsafe self.share = unsafe share
        unsafe _ = weir_curl_share_data(share, CURL_LOCK_DATA_SSL_SESSION)
    }

    deinit { unsafe _ = curl_share_cleanup(share) }

    /// - Returns: whether libcurl took it.
    func attach(to handle: CurlHandle) -> Bool { unsafe weir_curl_set_share(handle.easy, share) == CURLE_OK }
}
