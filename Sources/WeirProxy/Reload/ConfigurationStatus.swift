package import WeirHTTP

/// Which configuration runs, and what became of the last attempt to load another.
package struct ConfigurationStatus: Sendable, Equatable {
    /// Of the configuration that runs: 1 at the start, one more with each reload.
    package var generation = 1
    /// Generations that a request is under way in; more than 1 while requests of former ones go on.
    package var generationsInUse = 1
    /// When the one that runs was loaded.
    package var loadedAt: UnixTime
    package var reloads: UInt64 = 0
    package var refusedReloads: UInt64 = 0
    /// Why the last attempt was refused; empty when it was not.
    package var problems: [String] = []
    /// Keys whose new values wait for a restart: those that run are the old ones.
    package var waitingForRestart: [String] = []

    package init(loadedAt: UnixTime) { self.loadedAt = loadedAt }

    package var isLastReloadSuccessful: Bool { problems.isEmpty }
}
