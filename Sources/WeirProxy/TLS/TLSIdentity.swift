import NIOSSL

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a TLS listener serves with, made of its files at one moment.
package struct TLSIdentity: Sendable {
    let context: NIOSSLContext
    /// When the first certificate of the chain ends to be valid, in seconds of the Unix epoch.
    package let notAfter: Int64
    /// When all of them are valid.
    package let notBefore: Int64

    /// A chain of certificates takes a few KiB; a system's whole trust store a fifth of this.
    private static let maximumSize = 1 << 20

    /// Key exchange with forward secrecy and authenticated encryption alone: what RFC 9113 §9.2.2 leaves of TLS 1.2.
    /// The suites of TLS 1.3 are all of this kind.
    private static let ciphers: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]

    /// Reads the files; blocks for as long as the disk takes.
    /// - Parameter protocols: for ALPN, the most wanted first.
    package static func load(
        _ settings: TLSSettings,
        protocols: [String] = []
    ) throws(TLSFileError) -> TLSIdentity {
        let chain = try certificates(.certificate, settings.certificate)
        let key = try privateKey(settings.key)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = settings.minimumVersion == .tls12 ? .tlsv12 : .tlsv13
        configuration.cipherSuiteValues = ciphers
        configuration.applicationProtocols = protocols
        if let path = settings.clientCA {
            configuration.trustRoots = .certificates(try certificates(.clientCA, path))
            configuration.sendCANameList = true
            configuration.certificateVerification =
                settings.clientCertificates == .require ? .noHostnameVerification : .optionalVerification
        }
        return TLSIdentity(
            context: try context(configuration, settings),
            notAfter: chain.map { Int64($0.notValidAfter) }.min() ?? 0,
            notBefore: chain.map { Int64($0.notValidBefore) }.max() ?? 0
        )
    }

    private static func context(
        _ configuration: TLSConfiguration,
        _ settings: TLSSettings
    ) throws(TLSFileError) -> NIOSSLContext {
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch NIOSSLError.failedToLoadPrivateKey {
            throw TLSFileError(
                file: .key,
                path: settings.key,
                reason: .mismatch(certificate: settings.certificate)
            )
        } catch {
            throw TLSFileError(file: .certificate, path: settings.certificate, reason: .unusable)
        }
    }

    private static func certificates(
        _ file: TLSFileError.File,
        _ path: String
    ) throws(TLSFileError) -> [NIOSSLCertificate] {
        let bytes = try read(file, path)
        let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes)
        guard let certificates, !certificates.isEmpty else {
            throw TLSFileError(file: file, path: path, reason: .notPEM(kind: "certificate"))
        }
        return certificates
    }

    private static func privateKey(_ path: String) throws(TLSFileError) -> NIOSSLPrivateKey {
        let bytes = try read(.key, path)
        let text = String(decoding: bytes, as: UTF8.self)
        // What PKCS #8 and what OpenSSL's own older form say (RFC 7468 §11, RFC 1421 §4.6.1.1).
        if text.contains("ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED") {
            throw TLSFileError(file: .key, path: path, reason: .encrypted)
        }
        guard text.contains("PRIVATE KEY-----"), let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else {
            throw TLSFileError(file: .key, path: path, reason: .notPEM(kind: "private key"))
        }
        return key
    }

    private static func read(_ file: TLSFileError.File, _ path: String) throws(TLSFileError) -> [UInt8] {
        // A pipe or a device would be waited for.
        guard let version = FileVersion(of: path), version.isRegular, version.size <= maximumSize,
            let data = FileManager.default.contents(atPath: path)
        else { throw TLSFileError(file: file, path: path, reason: .unreadable) }
        return Array(data)
    }
}
