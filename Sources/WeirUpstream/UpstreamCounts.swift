import Synchronization

/// Calls of one upstream: those begun by service, those ended by service and outcome. All event loops add to it.
final class UpstreamCounts: Sendable {
    /// Services × outcomes, services outermost.
    private let counts: InlineArray<85, Atomic<Int>>
    private let begun: InlineArray<5, Atomic<Int>>

    init() {
        precondition(
            Service.allCases.count * UpstreamOutcome.allCases.count == 85,
            "Cannot count outcomes that have no place"
        )
        counts = InlineArray { _ in Atomic(0) }
        begun = InlineArray { _ in Atomic(0) }
    }

    func countBegun(_ service: Service) { begun[service.ordinal].wrappingAdd(1, ordering: .relaxed) }

    func count(_ outcome: UpstreamOutcome, _ service: Service) {
        counts[place(outcome, service)].wrappingAdd(1, ordering: .relaxed)
    }

    /// Calls begun so far, whether ended or not.
    func begun(_ service: Service) -> Int { begun[service.ordinal].load(ordering: .relaxed) }

    /// Outcomes that have not come up are left out.
    func totals(of service: Service) -> [UpstreamOutcome: Int] {
        var totals: [UpstreamOutcome: Int] = [:]
        for outcome in UpstreamOutcome.allCases {
            let count = counts[place(outcome, service)].load(ordering: .relaxed)
            if count > 0 { totals[outcome] = count }
        }
        return totals
    }

    private func place(_ outcome: UpstreamOutcome, _ service: Service) -> Int {
        service.ordinal * UpstreamOutcome.allCases.count + outcome.rawValue
    }
}

extension Service {
    /// Its place in ``allCases``.
    var ordinal: Int {
        switch self {
        case .chat: 0
        case .embeddings: 1
        case .moderations: 2
        case .fineTuning: 3
        case .other: 4
        }
    }
}
