/// Whether one address of an upstream is healthy, by its checks alone.
///
/// An address begins healthy: Weir may be up before its upstream has been asked, and calls should not wait for that.
/// Then it takes some checks in a row to change, so that one lost packet does not move all calls to other addresses.
struct HealthMachine: Sendable {
    private var settings: HealthSettings
    /// Checks in a row that say the opposite of `isHealthy`.
    private var dissent = 0
    private(set) var isHealthy = true
    /// What was wrong last.
    private(set) var lastFailure: String?

    init(settings: HealthSettings) { self.settings = settings }

    /// The same address by other settings: what its checks have said stays.
    init(settings: HealthSettings, succeeding former: HealthMachine) {
        self = former
        self.settings = settings
    }

    /// - Returns: whether that changed ``isHealthy``.
    mutating func report(_ result: HealthResult) -> Bool {
        let hasPassed: Bool
        switch result {
        case .passed:
            hasPassed = true
        case .failed(let reason):
            lastFailure = reason
            hasPassed = false
        }
        guard hasPassed != isHealthy else {
            dissent = 0
            return false
        }
        dissent += 1
        guard dissent >= (isHealthy ? settings.unhealthy : settings.healthy) else { return false }
        dissent = 0
        isHealthy.toggle()
        return true
    }
}

/// How one check ended.
enum HealthResult: Sendable, Equatable {
    case passed
    /// With what was wrong, for people.
    case failed(String)
}
