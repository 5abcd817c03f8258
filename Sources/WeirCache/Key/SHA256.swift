import COpenSSL

/// The algorithm as libcrypto provides it, fetched once for the process: a fetch takes locks and looks through the
/// providers.
enum SHA256 {
    // An EVP_MD is reference-counted and immutable once fetched; libcrypto lets any thread use it.
    nonisolated(unsafe) static let algorithm: OpaquePointer = {
        guard let algorithm = unsafe EVP_MD_fetch(nil, "SHA256", nil) else {
            preconditionFailure("Cannot fetch SHA-256 from libcrypto")
        }
        return unsafe algorithm
    }()
}
