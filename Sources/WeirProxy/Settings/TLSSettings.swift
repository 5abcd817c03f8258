/// `tls:` of a listener.
package struct TLSSettings: Sendable, Equatable {
    /// What is asked of clients where `client_ca` is given.
    package enum ClientCertificates: String, Sendable, CaseIterable {
        /// Without a certificate by one of the authorities there is no connection.
        case require
        /// A client may come without a certificate, but not with a bad one.
        case optional
    }

    /// The oldest version that is spoken; older ones than 1.2 are broken (RFC 8996).
    package enum Version: String, Sendable, CaseIterable {
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    /// PEM, Weir's own certificate first, then those that lead to an authority.
    package var certificate: String
    /// PEM, not encrypted.
    package var key: String
    /// PEM: the authorities whose certificates clients may show.
    package var clientCA: String?
    package var clientCertificates: ClientCertificates
    package var minimumVersion: Version

    package init(
        certificate: String,
        key: String,
        clientCA: String? = nil,
        clientCertificates: ClientCertificates = .require,
        minimumVersion: Version = .tls12
    ) {
        self.certificate = certificate
        self.key = key
        self.clientCA = clientCA
        self.clientCertificates = clientCertificates
        self.minimumVersion = minimumVersion
    }

    /// All files, in the order in which ``TLSFileError/File`` names them.
    var files: [String] { [certificate, key] + [clientCA].compactMap(\.self) }
}
