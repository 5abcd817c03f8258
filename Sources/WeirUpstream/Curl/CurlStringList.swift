import CCurl
import NIOCore

/// A linked list of strings as libcurl takes them; freed with this value.
@safe
struct CurlStringList: ~Copyable {
    /// Owned: built by `curl_slist_append` alone and freed once, in `deinit`. Nothing else changes it.
    private var list: UnsafeMutablePointer<curl_slist>?

    init() { unsafe list = nil }

    /// - Parameter line: without a NUL; gets one behind it.
    /// - Returns: false where there is no memory.
    mutating func append(_ line: inout ByteBuffer) -> Bool {
        line.writeInteger(0 as UInt8)
        let head = unsafe line.withUnsafeReadableBytes { bytes in
            // The bytes end in NUL, as just written, and libcurl copies them. On failure the old list stays as it was.
            unsafe curl_slist_append(list, bytes.bindMemory(to: CChar.self).baseAddress)
        }
        guard let head = unsafe head else { return false }
        unsafe list = head
        return true
    }

    /// - Returns: whether libcurl took it. The list must outlive the transfer.
    func set(_ option: CURLoption, on handle: CurlHandle) -> Bool {
        unsafe weir_curl_set_list(handle.easy, option, list) == CURLE_OK
    }

    deinit { unsafe curl_slist_free_all(list) }
}
