import Logging
import NIOCore
import Synchronization

/// The addresses of one upstream as all event loops share them: a ``BalanceMachine`` behind a lock that is held for
/// nanoseconds, and a log line for each of its changes.
///
/// A reload that changes the upstream makes another, which takes over what is known of the addresses that stay: those
/// with the same scheme, host and port. Both count to the same ``AddressCounts``, so that no count goes back while calls
/// are still begun through the former.
final class Addresses: Sendable {
    private struct State {
        var machine: BalanceMachine
        /// One an address.
        var counts: [AddressCounts]
    }

    private let name: String
    private let urls: [UpstreamURL]
    private let state: Mutex<State>
    private let logger: Logger

    init(settings: UpstreamSettings, logger: Logger) {
        name = settings.name
        urls = settings.urls
        let count = settings.urls.count
        state = Mutex(
            State(
                machine: BalanceMachine(count: count, ejection: settings.ejection, health: settings.health),
                counts: (0..<count).map { _ in AddressCounts() }
            )
        )
        self.logger = logger
    }

    /// Takes over from those of the same upstream before a reload. To be called before the first call.
    func succeed(_ former: Addresses) {
        let places = urls.map { url in former.urls.firstIndex { $0.isSameAddress(as: url) } }
        let known = former.state.withLock { $0 }
        state.withLock { state in
            state.machine.succeed(known.machine, places: places)
            for (index, place) in places.enumerated() {
                if let place { state.counts[index] = known.counts[place] }
            }
        }
    }

    // MARK: Calls

    /// - Parameter tried: where the call has been already; the address that is chosen is added.
    func choose(_ tried: TriedAddresses?) -> BalanceMachine.Choice {
        let known = tried?.all ?? []
        let choice = state.withLock { state in
            let choice = state.machine.choose(tried: known, now: .now())
            state.counts[choice.address].calls.increment()
            return choice
        }
        tried?.add(choice.address)
        return choice
    }

    func report(_ choice: BalanceMachine.Choice, _ outcome: AddressOutcome) {
        tell(change(choice) { $0.report(choice, outcome, now: .now()) }, of: choice.address)
    }

    func end(_ choice: BalanceMachine.Choice, _ outcome: AddressOutcome?) {
        tell(change(choice) { $0.end(choice, outcome, now: .now()) }, of: choice.address)
    }

    private func change(
        _ choice: BalanceMachine.Choice,
        _ action: (inout BalanceMachine) -> BalanceMachine.Change?
    ) -> BalanceMachine.Change? {
        state.withLock { state in
            let change = action(&state.machine)
            if case .ejected = change { state.counts[choice.address].ejections.increment() }
            return change
        }
    }

    private func tell(_ change: BalanceMachine.Change?, of address: Int) {
        switch change {
        case .ejected(let time):
            let seconds = Double(time.nanoseconds / 1_000_000) / 1_000
            logger.warning("upstream '\(name)': \(urls[address].description) fails, and gets no calls for \(seconds)s")
        case .returned:
            logger.notice("upstream '\(name)': \(urls[address].description) is back")
        case .readmitted(let addresses):
            let names = addresses.map { urls[$0].description }.joined(separator: ", ")
            logger.warning("upstream '\(name)': no address serves well, so \(names) gets calls again")
        case nil: break
        }
    }

    // MARK: Checks

    func checked(_ address: Int, _ result: HealthResult) {
        let change = state.withLock { state in
            state.counts[address].count(result)
            return state.machine.checked(address, result)
        }
        guard let isHealthy = change else { return }
        switch result {
        case .passed where isHealthy: logger.notice("upstream '\(name)': \(urls[address].description) is healthy")
        case .passed: break
        case .failed(let reason):
            logger.warning("upstream '\(name)': \(urls[address].description) is unhealthy: \(reason)")
        }
    }

    // MARK: Looking in

    var hasSoundAddress: Bool { state.withLock { $0.machine.hasSoundAddress } }

    var snapshots: [AddressSnapshot] {
        let now = NIODeadline.now()
        return state.withLock { state in
            urls.enumerated().map { index, url in
                state.counts[index].complete(state.machine.snapshot(of: index, url: url.description, now: now))
            }
        }
    }
}
