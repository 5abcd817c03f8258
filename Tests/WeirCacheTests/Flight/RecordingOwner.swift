import Synchronization

@testable import WeirCache

/// Writes down what a flight tells its owner, in order.
final class RecordingOwner: FlightOwner {
    private let record = Mutex<[String]>([])
    private let onDesertion: @Sendable () -> Void

    init(onDesertion: @escaping @Sendable () -> Void = {}) { self.onDesertion = onDesertion }

    var notices: [String] { record.withLock { $0 } }

    func flightWantsMore(_ wanted: Bool) { record.withLock { $0.append(wanted ? "more" : "enough") } }

    func flightIsDeserted() {
        record.withLock { $0.append("deserted") }
        onDesertion()
    }
}
