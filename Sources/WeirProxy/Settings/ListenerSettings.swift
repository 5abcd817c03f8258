/// One entry of `listen`: where Weir accepts connections, and what is spoken there.
package struct ListenerSettings: Sendable, Equatable {
    package var address: ListenAddress
    /// nil: plain HTTP.
    package var tls: TLSSettings?

    package init(_ address: ListenAddress, tls: TLSSettings? = nil) {
        self.address = address
        self.tls = tls
    }

    package var scheme: String { tls == nil ? "http" : "https" }
}
