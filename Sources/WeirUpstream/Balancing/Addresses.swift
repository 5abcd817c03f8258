import Logging
import NIOCore
import Synchronization

/// The addresses of one upstream as all event loops share them: a ``BalanceMachine`` behind a lock that is held for
/// nanoseconds, and a log line for each of its changes.
final class Addresses: Sendable {
    private let name: String
    private let urls: [String]
    private let machine: Mutex<BalanceMachine>
    private let logger: Logger

    init(settings: UpstreamSettings, logger: Logger) {
        name = settings.name
        urls = settings.urls.map(\.description)
        machine = Mutex(
            BalanceMachine(count: settings.urls.count, ejection: settings.ejection, health: settings.health)
        )
        self.logger = logger
    }

    // MARK: Calls

    func choose() -> BalanceMachine.Choice { machine.withLock { $0.choose(now: .now()) } }

    func report(_ choice: BalanceMachine.Choice, _ outcome: AddressOutcome) {
        tell(machine.withLock { $0.report(choice, outcome, now: .now()) }, of: choice.address)
    }

    func end(_ choice: BalanceMachine.Choice, _ outcome: AddressOutcome?) {
        tell(machine.withLock { $0.end(choice, outcome, now: .now()) }, of: choice.address)
    }

    private func tell(_ change: EjectionMachine.Change?, of address: Int) {
        switch change {
        case .ejected(let time):
            let seconds = Double(time.nanoseconds / 1_000_000) / 1_000
            logger.warning("upstream '\(name)': \(urls[address]) fails, and gets no calls for \(seconds)s")
        case .returned:
            logger.notice("upstream '\(name)': \(urls[address]) is back")
        case nil: break
        }
    }

    // MARK: Checks

    func checked(_ address: Int, _ result: HealthResult) {
        guard let isHealthy = machine.withLock({ $0.checked(address, result) }) else { return }
        switch result {
        case .passed where isHealthy: logger.notice("upstream '\(name)': \(urls[address]) is healthy")
        case .passed: break
        case .failed(let reason): logger.warning("upstream '\(name)': \(urls[address]) is unhealthy: \(reason)")
        }
    }

    // MARK: Looking in

    var hasSoundAddress: Bool { machine.withLock { $0.hasSoundAddress } }

    var snapshots: [AddressSnapshot] {
        let now = NIODeadline.now()
        return machine.withLock { machine in
            urls.enumerated().map { machine.snapshot(of: $0.offset, url: $0.element, now: now) }
        }
    }
}
