import NIOCore
import WeirTesting

@testable import WeirRedis

/// Keeps what a subscription tells, in order.
final class Listener: RedisSubscriptionHandler {
    enum Event: Equatable { case subscribed, lost, message(String, String) }

    private let events = Watched<[Event]>([])

    func subscribed() { events.update { $0.append(.subscribed) } }

    func received(channel: String, message: ByteBuffer) {
        let event = Event.message(channel, String(buffer: message))
        events.update { $0.append(event) }
    }

    func lost() { events.update { $0.append(.lost) } }

    /// Waits for what comes next, which has to be this.
    func next(_ event: Event, limit: Duration = .seconds(10)) async throws {
        let found = try await events.wait(for: "\(event)", limit: limit) { $0.isEmpty ? nil : $0.removeFirst() }
        guard found == event else { throw Unexpected(found: found, expected: event) }
    }

    /// What nobody has waited for.
    var rest: [Event] { events.value }

    struct Unexpected: Error { var found, expected: Event }
}
