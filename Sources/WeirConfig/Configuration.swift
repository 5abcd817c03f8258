package import WeirAdmin
package import WeirProxy

/// All of `proxy.conf`, checked.
package struct Configuration: Sendable, Equatable {
    package var proxy: ProxySettings
    package var admin: AdminSettings
    package var log: LogSettings

    package init(proxy: ProxySettings, admin: AdminSettings = AdminSettings(), log: LogSettings = LogSettings()) {
        self.proxy = proxy
        self.admin = admin
        self.log = log
    }
}
