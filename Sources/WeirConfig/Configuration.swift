package import WeirAdmin
package import WeirProxy

/// All of `proxy.conf`, checked.
package struct Configuration: Sendable, Equatable {
    package var proxy: ProxySettings
    package var admin: AdminSettings
    package var log: LogSettings
    /// What is worth knowing and keeps nothing from running, by place.
    package var warnings: [Problem]

    package init(
        proxy: ProxySettings,
        admin: AdminSettings = AdminSettings(),
        log: LogSettings = LogSettings(),
        warnings: [Problem] = []
    ) {
        self.proxy = proxy
        self.admin = admin
        self.log = log
        self.warnings = warnings
    }
}
