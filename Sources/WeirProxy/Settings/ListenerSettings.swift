/// One entry of `listen`: where Weir accepts connections, and what is spoken there.
package struct ListenerSettings: Sendable, Equatable {
    package var address: ListenAddress
    /// nil: plain HTTP.
    package var tls: TLSSettings?
    /// Whether HTTP/2 is spoken beside HTTP/1.1: over TLS where the client offers it, in plain by prior knowledge.
    package var http2: Bool

    /// - Parameter http2: nil: with TLS alone.
    package init(_ address: ListenAddress, tls: TLSSettings? = nil, http2: Bool? = nil) {
        self.address = address
        self.tls = tls
        self.http2 = http2 ?? (tls != nil)
    }

    package var scheme: String { tls == nil ? "http" : "https" }
}
