/// Which configuration runs, and what became of the last attempt to load another.
package struct ConfigurationStatistics: Sendable, Encodable, Equatable {
    /// 1 at the start, one more with each reload.
    package var generation = 1
    /// More than 1 while requests of former ones are under way.
    package var generationsInUse = 1
    /// When the one that runs was loaded: seconds since 1970-01-01 UTC.
    package var loadedAtSeconds: Int64 = 0
    package var reloads: UInt64 = 0
    package var refusedReloads: UInt64 = 0
    package var lastReloadSuccessful = true
    /// Why the last one was refused; empty when it was not.
    package var problems: [String] = []
    /// Keys whose new values wait for a restart.
    package var waitingForRestart: [String] = []

    package init() {}
}
