import NIOCore
import NIOPosix
import Testing
import WeirHTTP

@testable import WeirCache

/// Who leads and who follows when a flight has no head for long, or the last answer could not be shared.
@Suite("The table of flights")
struct FlightTableTests {
    private let key = FlightKey(WeirCacheTests.key(1))
    private let loop = MultiThreadedEventLoopGroup.singleton.any()
    private let start = NIODeadline.uptimeNanoseconds(1_000)
    private let settings = FlightSettings(leaderAge: .seconds(10), unsharedTime: .seconds(60))
    private let table: FlightTable

    init() { table = FlightTable(settings: settings, store: MemoryStore(settings: CacheSettings())) }

    private func join(at seconds: Int64) -> FlightTicket {
        table.join(key, now: start + .seconds(seconds), on: loop, wake: {})
    }

    private func lead(at seconds: Int64) throws -> (Flight, FlightReader) {
        guard case .lead(let flight, let reader) = join(at: seconds) else { throw Followed() }
        return (flight, reader)
    }

    private struct Followed: Error {}

    @Test("a flight without a head is followed until it is overdue; then one leads another, which the rest follow")
    func overdue() throws {
        let (first, reader) = try lead(at: 0)
        #expect(reader.overdueAt == start + .seconds(10))
        guard case .follow(let follower) = join(at: 9) else { throw Followed() }
        #expect(follower.overdueAt == start + .seconds(10))
        let (second, secondReader) = try lead(at: 10)
        #expect(second !== first)
        guard case .follow(let next) = join(at: 10) else { throw Followed() }
        #expect(next.overdueAt == start + .seconds(20))
        // Those who stay with the first get what it brings; its end is not the end of the second.
        first.publish(head: ResponseHead(status: 200), isShared: true)
        first.finish(trailers: FieldSection())
        #expect(follower.next()?.summary == "head 200")
        guard case .follow = join(at: 19) else { throw Followed() }
        #expect(table.counts() == FlightCounts(flights: 1, leaders: 2, followers: 3, overdue: 1))
        withExtendedLifetime((reader, secondReader, next)) {}
    }

    @Test("a flight with a head is followed however old it is, and so is any where there is no such age")
    func notOverdue() throws {
        let (flight, reader) = try lead(at: 0)
        flight.publish(head: ResponseHead(status: 200), isShared: true)
        guard case .follow = join(at: 1_000) else { throw Followed() }
        flight.finish(trailers: FieldSection())
        let patient = FlightSettings()
        guard case .lead(_, let second) = table.join(key, settings: patient, now: start, on: loop, wake: {}) else {
            throw Followed()
        }
        #expect(second.overdueAt == nil)
        guard case .follow = join(at: 1_000) else { throw Followed() }
        withExtendedLifetime((reader, second)) {}
    }

    @Test("where the last answer could not be shared nobody follows, until that is forgotten or its time is over")
    func unshared() throws {
        table.remember(unshared: key, settings: settings, now: start)
        let alone = try (0..<3).map { try lead(at: $0) }
        #expect(table.counts() == FlightCounts(unshared: 3))
        let (_, first) = try lead(at: 60)
        guard case .follow = join(at: 60) else { throw Followed() }
        first.leave()
        table.remember(unshared: key, settings: settings, now: start + .seconds(60))
        table.forget(unshared: key)
        let (_, second) = try lead(at: 61)
        guard case .follow = join(at: 61) else { throw Followed() }
        withExtendedLifetime((alone, second)) {}
    }

    @Test("a flight under way when that is remembered can still be followed: its answer has not come")
    func underWay() throws {
        let (_, reader) = try lead(at: 0)
        table.remember(unshared: key, settings: settings, now: start)
        guard case .follow = join(at: 1) else { throw Followed() }
        withExtendedLifetime(reader) {}
    }
}
