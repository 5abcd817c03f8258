import CCurl
import COpenSSL
import NIOCore
import Synchronization

/// The authorities that an upstream's certificate is checked against, by OpenSSL and by the same rules as libcurl's calls:
/// what one of them refuses the other does not let in.
final class TrustStore: Sendable {
    /// The system's, where libcurl has them.
    static let system = TrustStore(file: nil)

    /// As long as libcurl keeps them.
    private static let systemAge = TimeAmount.hours(24)

    /// PEM; nil for the system's.
    private let file: String?
    private let kept = Mutex<(store: Loaded, until: NIODeadline)?>(nil)

    private init(file: String?) { self.file = file }

    /// - Parameter caFile: alone to be trusted, read again for every certificate; the system's authorities where nil.
    static func made(of caFile: String?) -> TrustStore { caFile.map { TrustStore(file: $0) } ?? .system }

    /// Blocks for as long as the disk takes.
    /// - Parameter chain: in DER, the server's own certificate first.
    /// - Returns: for people, why the server is not to be taken for `name`; nil where it is.
    func objection(to chain: [[UInt8]], as name: ServerName) -> String? {
        guard let store = loaded() else {
            return file.map { "the authorities in '\($0)' cannot be read" } ?? "the system's authorities cannot be read"
        }
        return store.objection(to: chain, as: name)
    }

    private func loaded() -> Loaded? {
        if let file { return Loaded(file: file, folder: nil) }
        return kept.withLock { kept in
            if let kept, kept.until > .now() { return kept.store }
            // Where they cannot be read any more, the last ones are better than none.
            guard let store = Loaded.system() else { return kept?.store }
            kept = (store, .now() + Self.systemAge)
            return store
        }
    }
}

extension TrustStore {
    /// One of OpenSSL's stores.
    @safe
    private final class Loaded: Sendable {
        /// Owned: made in `init`, freed in `deinit`. Nothing is added to it, and OpenSSL locks it where it looks into it
        /// from several threads.
        nonisolated(unsafe) private let store: OpaquePointer

        /// nil where nothing can be read there.
        init?(file: String?, folder: String?) {
            guard let store = unsafe weir_trust_store(file, folder) else { return nil }
            unsafe self.store = unsafe store
        }

        deinit { unsafe X509_STORE_free(store) }

        /// From where libcurl was built to read them.
        static func system() -> Loaded? {
            var places: (file: String?, folder: String?) = (nil, nil)
            // libcurl's own static text, or NULL; in the structure since the version that is asked about.
            if let version = unsafe curl_version_info(CURLVERSION_SEVENTH),
                unsafe version.pointee.age.rawValue >= CURLVERSION_SEVENTH.rawValue
            {
                if let file = unsafe version.pointee.cainfo { places.file = unsafe String(cString: file) }
                if let folder = unsafe version.pointee.capath { places.folder = unsafe String(cString: folder) }
            }
            return Loaded(file: places.file, folder: places.folder) ?? Loaded(file: nil, folder: nil)
        }

        func objection(to certificates: [[UInt8]], as name: ServerName) -> String? {
            guard let chain = unsafe weir_chain_new() else { return "no memory for its certificates" }
            // Freed once, on every way out, with the certificates in it; nothing of it is used behind that.
            defer { unsafe weir_chain_free(chain) }
            for certificate in certificates {
                let isAdded = unsafe certificate.withUnsafeBufferPointer { bytes in
                    // Read during the call alone; an empty array has a NULL here, and no bytes to read.
                    unsafe weir_chain_add(chain, bytes.baseAddress, bytes.count) == 1
                }
                guard isAdded else { return "a certificate cannot be read" }
            }
            let result = unsafe weir_chain_verify(chain, store, name.text, name.isAddress ? 1 : 0)
            guard result != X509_V_OK else { return nil }
            // Static text for every code, never NULL.
            return unsafe String(cString: X509_verify_cert_error_string(Int(result)))
        }
    }
}
