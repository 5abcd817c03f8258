import CCurl
import NIOCore

/// The functions that libcurl calls, each a few lines around a method of ``CurlTransfer``.
///
/// Every context pointer is an unretained ``CurlTransfer`` or ``CurlUpstream`` that ``CurlHandle`` has put there; how
/// long each of them lives is told where that happens. Buffers are libcurl's, valid during the call, and not kept.
enum CurlCallbacks {
    /// One whole line of a head or a trailer section.
    static let header: curl_write_callback = { buffer, size, count, context in
        guard let transfer = unsafe transfer(context) else { return 0 }
        let length = size * count
        guard length > 0, let buffer = unsafe buffer else { return 0 }
        // `length` bytes are readable at `buffer` (libcurl's contract), and the span ends with this call.
        let bytes = unsafe UnsafeRawBufferPointer(start: buffer, count: length)
        let line = unsafe Span<UInt8>(_unsafeElements: bytes.assumingMemoryBound(to: UInt8.self))
        return transfer.receive(headLine: line) ? length : 0
    }

    /// A piece of the response's body.
    static let write: curl_write_callback = { buffer, size, count, context in
        guard let transfer = unsafe transfer(context) else { return 0 }
        let length = size * count
        guard length > 0, let buffer = unsafe buffer else { return 0 }
        // As in `header`.
        let bytes = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(buffer), byteCount: length)
        return transfer.receive(body: bytes) ? length : Int(CURL_WRITEFUNC_PAUSE)
    }

    /// The next piece of the request's body.
    static let read: curl_read_callback = { buffer, size, count, context in
        guard let transfer = unsafe transfer(context), let buffer = unsafe buffer else {
            return Int(CURL_READFUNC_ABORT)
        }
        switch transfer.nextUpload(upTo: size * count) {
        case .bytes(let piece):
            // `size * count` bytes are writable at `buffer` (libcurl's contract) and the piece is no longer than that.
            return unsafe piece.withUnsafeReadableBytes { bytes in
                unsafe UnsafeMutableRawPointer(buffer).copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
                return bytes.count
            }
        case .none: return Int(CURL_READFUNC_PAUSE)
        case .end: return 0
        case .short: return Int(CURL_READFUNC_ABORT)
        }
    }

    /// The request has to be sent once more.
    static let seek: curl_seek_callback = { context, offset, origin in
        guard let transfer = unsafe transfer(context), offset == 0, origin == SEEK_SET else {
            return CURL_SEEKFUNC_CANTSEEK
        }
        return transfer.rewindUpload() ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
    }

    /// The connection stands and the request is about to go out.
    static let begin: curl_prereq_callback = { context, _, _, _, _ in
        guard let transfer = unsafe transfer(context) else { return CURL_PREREQFUNC_ABORT }
        return transfer.begin() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }

    /// A line of what happens, for people; all else that a trace has is passed by.
    static let trace: curl_debug_callback = { _, kind, buffer, count, context in
        guard kind == CURLINFO_TEXT, count > 0, let transfer = unsafe transfer(context), let buffer = unsafe buffer
        else {
            return 0
        }
        // As in `header`.
        let bytes = unsafe UnsafeRawBufferPointer(start: buffer, count: count)
        transfer.receive(trace: unsafe Span<UInt8>(_unsafeElements: bytes.assumingMemoryBound(to: UInt8.self)))
        return 0
    }

    /// A connection needs a socket.
    static let open: curl_opensocket_callback = { context, _, address in
        guard let upstream = unsafe upstream(context), let address = unsafe address else { return CURL_SOCKET_BAD }
        let socket = unsafe weir_curl_open_socket(address)
        if socket != CURL_SOCKET_BAD { upstream.noteSocket(opened: true) }
        return socket
    }

    /// Counts after closing: as long as a socket is counted, its upstream must not be let go.
    static let close: curl_closesocket_callback = { context, socket in
        let result = weir_curl_close_socket(socket)
        unsafe upstream(context)?.noteSocket(opened: false)
        return result
    }

    private static func transfer(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    }

    private static func upstream(_ context: UnsafeMutableRawPointer?) -> CurlUpstream? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<CurlUpstream>.fromOpaque(context).takeUnretainedValue()
    }
}
