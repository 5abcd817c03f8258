/// The TLS of one listener.
package struct TLSStatistics: Sendable, Encodable, Equatable {
    /// When the certificates in use end to be valid, in seconds of the Unix epoch.
    package var certificateNotAfterSeconds: Int64
    /// By their outcomes.
    package var handshakes: [String: UInt64] = [:]
    /// Changed certificates that were taken into use, and those that were no good.
    package var reloads = 0
    package var refusedReloads = 0
    /// Why the files as they are now are not in use; left out where they are.
    package var problem: String?

    package init(certificateNotAfterSeconds: Int64) { self.certificateNotAfterSeconds = certificateNotAfterSeconds }
}
