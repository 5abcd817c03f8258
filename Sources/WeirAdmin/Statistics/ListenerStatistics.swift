/// One entry of `listen`.
package struct ListenerStatistics: Sendable, Encodable, Equatable {
    /// Its address as the configuration has it.
    package var address: String
    /// Left out where plain HTTP is spoken.
    package var tls: TLSStatistics?

    package init(address: String, tls: TLSStatistics? = nil) {
        self.address = address
        self.tls = tls
    }
}
