package import WeirProxy

/// `admin:` of `proxy.conf`.
package struct AdminSettings: Sendable, Equatable {
    package var listen: ListenAddress
    /// Asked for as `Authorization: Bearer`; needed where `listen` is not on loopback.
    package var token: String?

    package init(listen: ListenAddress = ListenAddress(host: "127.0.0.1", port: 9090), token: String? = nil) {
        self.listen = listen
        self.token = token
    }
}
