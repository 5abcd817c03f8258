import CCurl
import NIOCore
import WeirHTTP

/// One of libcurl's easy handles and what it borrows for a transfer. Used on ``CurlLoop``'s thread alone.
///
/// A handle is used for many transfers, one after the other, where it ``canBeReused``: everything is set anew by
/// ``prepare(_:for:transfer:)`` and forgotten by ``reset()``.
@safe
final class CurlHandle {
    /// Owned: made in `init`, cleaned up in `deinit`, which runs only once no multi handle holds it (``CurlLoop``
    /// takes a handle out before it lets go of it).
    let easy: UnsafeMutableRawPointer
    /// Owned; libcurl writes at most `CURL_ERROR_SIZE` bytes of text here, ended by NUL.
    private let failureText: UnsafeMutablePointer<CChar>
    /// Borrowed by `easy` from `prepare` to `reset`.
    private var fields: CurlFieldList?
    /// Borrowed in the same way: what the upstream's name means.
    private var addresses: CurlStringList?

    /// Before 8.3.0 a handle that is used again may keep a pointer to a header line of its last transfer, which it has
    /// freed, and writes there when the next response begins with a folded line (curl/curl#11101, #11620). An upstream
    /// could do that at will.
    static let canBeReused: Bool = {
        guard let version = unsafe curl_version_info(CURLVERSION_FIRST) else { return false }
        return unsafe version.pointee.version_num >= 0x08_03_00
    }()

    init() {
        guard let easy = unsafe curl_easy_init() else { fatalError("libcurl has no memory for a handle") }
        unsafe self.easy = unsafe easy
        unsafe failureText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        unsafe failureText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        unsafe curl_easy_cleanup(easy)
        unsafe failureText.deallocate()
    }

    /// What tells it from other handles.
    var address: Int { unsafe Int(bitPattern: easy) }

    /// libcurl's words for the last failure, empty where there were none.
    var failureReason: String { unsafe String(cString: failureText) }

    /// Whether the last transfer opened no connection of its own.
    var isOnUsedConnection: Bool { unsafe weir_curl_connections_made(easy) == 0 }

    /// Sets up a transfer.
    /// - Parameter transfer: must stay alive until ``reset()``; libcurl's callbacks find it through this handle.
    /// - Returns: false when libcurl refuses any of it, as it does for bytes that no request may contain.
    func prepare(_ request: UpstreamRequest, for upstream: CurlUpstream, transfer: CurlTransfer, share: CurlShare)
        -> Bool
    {
        guard let fields = CurlFieldList(request.fields) else { return false }
        unsafe failureText.pointee = 0
        let isSet =
            setConnection(upstream, connect: request.timeouts.connect, share: share)
            && set(CURLOPT_FRESH_CONNECT, request.needsNewConnection ? 1 : 0)
            && setNames(upstream)
            && setMessage(request, upload: transfer.uploadLength) && fields.set(on: self)
            && setCallbacks(transfer, upstream)
            && (request.isIdempotent || setTrace(transfer))
        // From here on `easy` points into the list, so it is kept even where an option was refused.
        self.fields = consume fields
        return isSet
    }

    /// Forgets the last transfer: no pointer to it, to its fields or to its upstream stays behind.
    func reset() {
        unsafe curl_easy_reset(easy)
        fields = nil
        addresses = nil
    }

    /// Tells libcurl which directions stand still. May call the transfer's callbacks before it returns.
    /// - Returns: false when the transfer has failed in the meantime.
    func pause(receiving: Bool, sending: Bool) -> Bool {
        let mask = (receiving ? CURLPAUSE_RECV : 0) | (sending ? CURLPAUSE_SEND : 0)
        return unsafe curl_easy_pause(easy, mask) == CURLE_OK
    }

    /// The connection closes behind the transfer. libcurl does not look whether anything has come on it unasked since, and
    /// would take that for the answer to the next request; only HTTP/2 says what an answer belongs to.
    func forbidReuse() { _ = set(CURLOPT_FORBID_REUSE, 1) }

    private func setConnection(_ upstream: CurlUpstream, connect: TimeAmount, share: CurlShare) -> Bool {
        let url = upstream.settings.url
        let idle = max(1, upstream.settings.pool.idle.nanoseconds / 1_000_000_000)
        let milliseconds = max(1, connect.nanoseconds / 1_000_000)
        return set(CURLOPT_URL, "\(url.scheme.rawValue)://\(url.authority)/")
            && set(CURLOPT_PROTOCOLS_STR, "http,https")
            && set(CURLOPT_NOSIGNAL, 1)
            && set(CURLOPT_TCP_KEEPALIVE, 1)
            && set(CURLOPT_CONNECTTIMEOUT_MS, Int(clamping: milliseconds))
            && set(CURLOPT_MAXAGE_CONN, Int(clamping: idle))
            && set(CURLOPT_BUFFERSIZE, 64 << 10)
            && share.attach(to: self)
            && (url.scheme == .https ? setTLS(caFile: upstream.settings.caFile) : setPlain())
    }

    /// Gives libcurl the addresses that the name is known to have, all of them for it to try, so that it need not look
    /// them up, and cannot fail to. Where none are known, or the way leads through a proxy, it looks up for itself.
    private func setNames(_ upstream: CurlUpstream) -> Bool {
        let settings = upstream.settings
        let ttl = max(1, Int(clamping: settings.dns.ttl.nanoseconds / 1_000_000_000))
        guard set(CURLOPT_DNS_CACHE_TIMEOUT, ttl), set(CURLOPT_MAXLIFETIME_CONN, lifetime(upstream, ttl: ttl)) else {
            return false
        }
        let known = upstream.names?.addresses.compactMap(\.literal) ?? []
        guard !known.isEmpty else { return true }
        var list = CurlStringList()
        // A leading plus: it expires as an answer of libcurl's own would, once it is not given any more.
        var line = ByteBuffer(string: "+\(settings.url.host):\(settings.url.port):\(known.joined(separator: ","))")
        let isSet = list.append(&line) && list.set(CURLOPT_RESOLVE, on: self)
        addresses = consume list
        return isSet
    }

    /// How old a connection may be to be used again, in seconds. libcurl does not look whether the name still has its
    /// address. So none from before the name came to mean something else altogether, and none for very long.
    private func lifetime(_ upstream: CurlUpstream, ttl: Int) -> Int {
        let most = min(ttl * 10, Int(Int32.max))
        guard let movedAt = upstream.names?.movedAt else { return most }
        return max(1, min(most, Int((.now() - movedAt).nanoseconds / 1_000_000_000)))
    }

    private func setTLS(caFile: String?) -> Bool {
        let isSet =
            set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
            && set(CURLOPT_SSL_VERIFYPEER, 1)
            && set(CURLOPT_SSL_VERIFYHOST, 2)
            && set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        guard let caFile else { return isSet }
        // Without a path the system's authorities are out of it. The file is read for every handshake, since libcurl would
        // go by what it once was for a day.
        return isSet && set(CURLOPT_CAINFO, caFile) && set(CURLOPT_CAPATH, nil) && set(CURLOPT_CA_CACHE_TIMEOUT, 0)
    }

    /// Plain HTTP is for upstreams nearby and takes no way through a proxy: an origin-form target would be wrong there.
    private func setPlain() -> Bool {
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) && set(CURLOPT_PROXY, "")
    }

    private func setMessage(_ request: UpstreamRequest, upload: Int64?) -> Bool {
        guard CurlTarget.isSendable(request.target), CurlTarget.isSendable(method: request.methodName) else {
            return false
        }
        let isSet =
            set(CURLOPT_REQUEST_TARGET, request.target)
            && set(CURLOPT_PATH_AS_IS, 1)
            && set(CURLOPT_HTTP09_ALLOWED, 0)
            && set(CURLOPT_HTTP_CONTENT_DECODING, 0)
            && set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        guard let upload else {
            // The method is sent as it is named; NOBODY makes libcurl expect no body after it.
            return isSet && set(request.method == .head ? CURLOPT_NOBODY : CURLOPT_HTTPGET, 1)
                && set(CURLOPT_CUSTOMREQUEST, request.methodName)
        }
        return isSet && set(CURLOPT_UPLOAD, 1)
            && setUploadLength(upload)
            && set(CURLOPT_CUSTOMREQUEST, request.methodName)
    }

    private func setCallbacks(_ transfer: CurlTransfer, _ upstream: CurlUpstream) -> Bool {
        // Unretained: ``CurlLoop`` keeps the transfer for as long as the handle is in the multi handle, and libcurl
        // calls back only for handles in there.
        let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
        // Unretained: connections outlive transfers, so ``CurlLoop`` keeps every upstream until its multi handle and
        // with it every connection is gone.
        let owner = unsafe Unmanaged.passUnretained(upstream).toOpaque()
        return unsafe weir_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, failureText) == CURLE_OK
            && weir_curl_set_header_function(easy, CurlCallbacks.header, context) == CURLE_OK
            && weir_curl_set_write_function(easy, CurlCallbacks.write, context) == CURLE_OK
            && weir_curl_set_read_function(easy, CurlCallbacks.read, context) == CURLE_OK
            && weir_curl_set_seek_function(easy, CurlCallbacks.seek, context) == CURLE_OK
            && weir_curl_set_prereq_function(easy, CurlCallbacks.begin, context) == CURLE_OK
            && weir_curl_set_open_function(easy, CurlCallbacks.open, owner) == CURLE_OK
            && weir_curl_set_close_function(easy, CurlCallbacks.close, owner) == CURLE_OK
    }

    /// For requests that may not be made twice unless it is known that the first was not looked at.
    private func setTrace(_ transfer: CurlTransfer) -> Bool {
        // Unretained, as in `setCallbacks`.
        let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
        return unsafe weir_curl_set_debug_function(easy, CurlCallbacks.trace, context) == CURLE_OK
    }

    private func setUploadLength(_ length: Int64) -> Bool {
        unsafe weir_curl_set_size(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(length)) == CURLE_OK
    }

    private func set(_ option: CURLoption, _ value: Int) -> Bool {
        unsafe weir_curl_set_long(easy, option, value) == CURLE_OK
    }

    /// The bytes as they stand, none of them NUL.
    private func set(_ option: CURLoption, _ value: ByteBuffer) -> Bool {
        var text = value
        text.writeInteger(0 as UInt8)
        return unsafe text.withUnsafeReadableBytes { bytes in
            // Ends in NUL, as just written; libcurl copies it.
            unsafe weir_curl_set_string(easy, option, bytes.bindMemory(to: CChar.self).baseAddress) == CURLE_OK
        }
    }

    /// For strings only, which libcurl copies.
    private func set(_ option: CURLoption, _ value: String?) -> Bool {
        unsafe weir_curl_set_string(easy, option, value) == CURLE_OK
    }
}

extension SocketAddress {
    /// As `CURLOPT_RESOLVE` takes it: an IPv6 address in brackets. Nil for what is no IP address.
    fileprivate var literal: String? {
        guard let ipAddress else { return nil }
        return self.protocol == .inet6 ? "[\(ipAddress)]" : ipAddress
    }
}
