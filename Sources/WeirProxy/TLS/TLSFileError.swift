/// Why a TLS listener cannot serve with the files that it is given.
package struct TLSFileError: Error, Equatable, CustomStringConvertible {
    /// By the keys of `tls`.
    package enum File: String, Sendable {
        case certificate
        case key
        case clientCA = "client_ca"
    }

    package enum Reason: Sendable, Equatable {
        case unreadable
        /// There is no PEM block of that kind in it, or one that cannot be decoded.
        case notPEM(kind: String)
        case encrypted
        /// The key is not the certificate's.
        case mismatch(certificate: String)
        /// TLS cannot be done with it.
        case unusable
    }

    package let file: File
    package let path: String
    package let reason: Reason

    package var description: String {
        switch reason {
        case .unreadable: "cannot read the file '\(path)'"
        case .notPEM(let kind): "the file '\(path)' holds no PEM \(kind)"
        case .encrypted: "the private key in '\(path)' is encrypted; Weir needs one that is not"
        case .mismatch(let certificate):
            "the private key in '\(path)' does not belong to the first certificate in '\(certificate)'"
        case .unusable: "the \(file.rawValue) in '\(path)' cannot be used for TLS"
        }
    }
}
