/// A TLS listener at one moment.
package struct TLSSnapshot: Sendable, Equatable {
    /// When the certificates in use end to be valid, in seconds of the Unix epoch.
    package var notAfter: Int64
    package var handshakes: [HandshakeOutcome: UInt64]
    /// Changed files that were taken into use.
    package var reloads: Int
    /// Changed files that were no good.
    package var refusedReloads: Int
    /// Why the files as they are now are not in use; nil where they are.
    package var problem: String?
}
