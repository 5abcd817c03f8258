package import WeirProxy

/// `admin:` of `proxy.conf`.
package struct AdminSettings: Sendable, Equatable {
    package var listen: ListenAddress
    /// Asked for as `Authorization: Bearer`; needed where `listen` is not on loopback.
    package var token: String?
    /// Bytes of one list for `cache/warm`.
    package var maxWarm: Int

    package init(
        listen: ListenAddress = ListenAddress(host: "127.0.0.1", port: 9090),
        token: String? = nil,
        maxWarm: Int = 16 << 20
    ) {
        self.listen = listen
        self.token = token
        self.maxWarm = maxWarm
    }
}
