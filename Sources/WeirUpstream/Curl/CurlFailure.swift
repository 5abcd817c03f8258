import CCurl

/// What a result of libcurl's means to Weir.
enum CurlFailure {
    /// - Parameters:
    ///   - code: anything but `CURLE_OK`.
    ///   - detail: libcurl's text for this very failure; empty where it had none.
    ///   - hasBegun: whether the request could have reached the upstream. Until then every failure is one to connect.
    static func error(_ code: CURLcode, detail: String, hasBegun: Bool) -> UpstreamError {
        switch code {
        case CURLE_OPERATION_TIMEDOUT:
            // The connect timer is the only one that is left to libcurl.
            return .connectTimeout
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE, CURLE_SSL_ENGINE_NOTFOUND,
            CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_INVALIDCERTSTATUS,
            CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_CLIENTCERT, CURLE_USE_SSL_FAILED:
            return .tls(reason(code, detail))
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT, CURLE_PROXY:
            return .connect(reason(code, detail))
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING,
            CURLE_FILESIZE_EXCEEDED:
            return .malformed(reason(code, detail))
        default:
            return hasBegun ? .reset : .connect(reason(code, detail))
        }
    }

    private static func reason(_ code: CURLcode, _ detail: String) -> String {
        // curl_easy_strerror returns a static string for every code, never NULL.
        detail.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : detail
    }
}
