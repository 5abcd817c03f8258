package import WeirAdmin
package import WeirProxy

/// All of `proxy.conf`, checked.
package struct Configuration: Sendable, Equatable {
    package var proxy: ProxySettings
    package var admin: AdminSettings
    package var log: LogSettings
    package var reload: ReloadSettings

    package init(
        proxy: ProxySettings,
        admin: AdminSettings = AdminSettings(),
        log: LogSettings = LogSettings(),
        reload: ReloadSettings = ReloadSettings()
    ) {
        self.proxy = proxy
        self.admin = admin
        self.log = log
        self.reload = reload
    }

    /// Keys beside those of `proxy` that differ, and that only a start takes up: the admin listener's and the log's.
    package func waitingForRestart(since started: Configuration) -> [String] {
        var keys: [String] = []
        if admin.listen != started.admin.listen { keys.append("admin.listen") }
        if admin.token != started.admin.token { keys.append("admin.token") }
        if log != started.log { keys.append("log") }
        return keys
    }
}
