import NIOCore
import NIOPosix
import Synchronization
import Testing
import WeirHTTP

@testable import WeirCache

@Suite("Flights")
struct FlightTests {
    private struct Broken: Error {}

    private let loops = MultiThreadedEventLoopGroup.singleton
    private let key = FlightKey(WeirCacheTests.key(1))
    private let head = ResponseHead(status: 200)

    /// Reads on its event loop whatever comes, and leaves when it is told to.
    private final class Collector: Sendable {
        struct Received {
            var events: [String] = []
            var bytes: [UInt8] = []
            var wakes = 0
        }

        let eventLoop: any EventLoop
        private let received = Mutex(Received())
        private let reader = Mutex<FlightReader?>(nil)
        private let end: EventLoopPromise<Void>

        init(on eventLoop: any EventLoop) {
            self.eventLoop = eventLoop
            end = eventLoop.makePromise()
        }

        var all: Received { received.withLock { $0 } }
        var isDone: EventLoopFuture<Void> { end.futureResult }

        /// On its event loop.
        func begin(_ reader: FlightReader) {
            self.reader.withLock { $0 = reader }
            drain()
        }

        func leave() {
            reader.withLock { reader in
                defer { reader = nil }
                return reader
            }?.leave()
            end.succeed()
        }

        func wake() {
            #expect(eventLoop.inEventLoop)
            received.withLock { $0.wakes += 1 }
            drain()
        }

        private func drain() {
            guard let reader = reader.withLock({ $0 }) else { return }
            while let event = reader.next() {
                received.withLock {
                    if case .chunk(let chunk) = event {
                        $0.bytes += chunk.readableBytesView
                    } else {
                        $0.events.append(event.summary)
                    }
                }
                if event.isLast { end.succeed() }
            }
        }
    }

    /// Joins on the collector's event loop.
    private func join(_ table: FlightTable, _ collector: Collector) async throws -> Flight? {
        try await collector.eventLoop.submit { [key] in
            switch table.join(key, on: collector.eventLoop, wake: { collector.wake() }) {
            case .lead(let flight, let reader):
                collector.begin(reader)
                return flight
            case .follow(let reader):
                collector.begin(reader)
                return nil
            case .full:
                Issue.record("The flight is full")
                return nil
            }
        }.get()
    }

    @Test("a hundred readers on several event loops get the same bytes from one flight")
    func hundred() async throws {
        let table = FlightTable(settings: FlightSettings(pace: 1 << 30), store: MemoryStore(settings: CacheSettings()))
        let collectors = (0..<100).map { _ in Collector(on: loops.next()) }
        let flights = try await withThrowingTaskGroup(of: Flight?.self) { group in
            for collector in collectors.prefix(50) { group.addTask { try await join(table, collector) } }
            return try await group.reduce(into: [Flight]()) { flights, flight in
                if let flight { flights.append(flight) }
            }
        }
        let flight = try #require(flights.first)
        #expect(flights.count == 1)
        let fetcher = loops.next()
        let pieces = (0..<200).map { number in Array(repeating: UInt8(truncatingIfNeeded: number), count: number * 7) }
        let half = fetcher.submit { [head] in
            flight.begin(owner: RecordingOwner())
            flight.publish(head: head, isShared: true)
            for piece in pieces.prefix(100) { flight.append(ByteBuffer(bytes: piece)) }
        }
        // The other half joins while the answer is under way.
        try await withThrowingTaskGroup(of: Flight?.self) { group in
            for collector in collectors.suffix(50) { group.addTask { try await join(table, collector) } }
            for try await flight in group { #expect(flight == nil) }
        }
        try await half.get()
        fetcher.execute {
            for piece in pieces.suffix(100) { flight.append(ByteBuffer(bytes: piece)) }
            flight.finish(trailers: FieldSection())
        }
        for collector in collectors {
            try await collector.isDone.get()
            #expect(collector.all.events == ["head 200", "end"])
            #expect(collector.all.bytes == pieces.flatMap { $0 })
        }
        #expect(table.counts() == FlightCounts(flights: 0, leaders: 1, followers: 99))
    }

    @Test("a failure after the head reaches every reader")
    func failure() async throws {
        let table = FlightTable(settings: FlightSettings(), store: MemoryStore(settings: CacheSettings()))
        let collectors = (0..<10).map { _ in Collector(on: loops.next()) }
        var leading: Flight?
        for collector in collectors {
            if let flight = try await join(table, collector) { leading = flight }
        }
        let flight = try #require(leading)
        loops.next().execute { [head] in
            flight.publish(head: head, isShared: true)
            flight.append(ByteBuffer(string: "half an"))
            flight.fail(Broken())
        }
        for collector in collectors {
            try await collector.isDone.get()
            #expect(collector.all.events == ["head 200", "failed Broken()"])
            #expect(collector.all.bytes == Array("half an".utf8))
        }
        #expect(table.counts().flights == 0)
    }

    @Test("what cannot be shared releases the followers, and the next request leads")
    func released() async throws {
        let table = FlightTable(settings: FlightSettings(), store: MemoryStore(settings: CacheSettings()))
        let collectors = (0..<5).map { _ in Collector(on: loops.next()) }
        let flight = try #require(try await join(table, collectors[0]))
        for collector in collectors.dropFirst() { _ = try await join(table, collector) }
        flight.publish(head: head, isShared: false)
        for collector in collectors.dropFirst() {
            try await collector.isDone.get()
            #expect(collector.all.events == ["released"])
        }
        let next = Collector(on: loops.next())
        let other = try await join(table, next)
        #expect(other != nil)
        #expect(other !== flight)
        flight.finish(trailers: FieldSection())
        try await collectors[0].isDone.get()
        #expect(collectors[0].all.events == ["head 200", "end"])
        // The end of the first is not the end of the second.
        #expect(table.counts() == FlightCounts(flights: 1, leaders: 2, followers: 4, released: 4))
    }

    @Test("a reader that does not read stalls nobody")
    func slow() async throws {
        let table = FlightTable(
            settings: FlightSettings(window: 64 << 10, pace: 16 << 10),
            store: MemoryStore(settings: CacheSettings())
        )
        let quick = Collector(on: loops.next())
        let flight = try #require(try await join(table, quick))
        let eventLoop = loops.next()
        let lazy = try await eventLoop.submit { [key] in table.join(key, on: eventLoop, wake: {}) }.get()
        guard case .follow(let reader) = lazy else { return #expect(Bool(false), "The second request must follow") }
        flight.publish(head: head, isShared: true)
        for number in 0..<100 {
            flight.append(body(4 << 10))
            // A barrier: the quick one has been woken and has read.
            try await quick.eventLoop.submit {}.get()
            #expect(quick.all.bytes.count == (number + 1) * 4 << 10)
        }
        flight.finish(trailers: FieldSection())
        try await quick.isDone.get()
        #expect(try await eventLoop.submit { reader.next()?.summary }.get() == "failed tooSlow")
        #expect(try await eventLoop.submit { reader.next() == nil }.get())
    }

    @Test("the owner hears of pace and desertion, in order, and is let go")
    func owner() async throws {
        let table = FlightTable(settings: FlightSettings(pace: 100), store: MemoryStore(settings: CacheSettings()))
        let eventLoop = loops.next()
        var owner: RecordingOwner? = RecordingOwner()
        weak let released = owner
        let ticket = try await eventLoop.submit { [key] in table.join(key, on: eventLoop, wake: {}) }.get()
        guard case .lead(let flight, let reader) = ticket else { return #expect(Bool(false), "The first must lead") }
        flight.begin(owner: owner!)
        flight.publish(head: head, isShared: true)
        flight.append(body(200))
        #expect(owner?.notices == ["enough"])
        try await eventLoop.submit { while reader.next() != nil {} }.get()
        #expect(owner?.notices == ["enough", "more"])
        reader.leave()
        reader.leave()
        #expect(owner?.notices == ["enough", "more", "deserted"])
        #expect(table.counts().flights == 0)
        owner = nil
        #expect(released == nil)
        flight.fail(Broken())
    }

    @Test("an owner who comes after the last reader has left hears of it at once")
    func lateOwner() {
        let flight = Flight(key: key, settings: FlightSettings())
        flight.lead(on: loops.next(), wake: {}).leave()
        let owner = RecordingOwner()
        flight.begin(owner: owner)
        #expect(owner.notices == ["deserted"])
    }

    @Test("letting go of a reader is leaving")
    func dropped() {
        let flight = Flight(key: key, settings: FlightSettings())
        let owner = RecordingOwner()
        flight.begin(owner: owner)
        _ = flight.lead(on: loops.next(), wake: {})
        #expect(owner.notices == ["deserted"])
    }

    @Test("on the publisher's event loop a wake comes at once, and once until the reader has come")
    func wakes() async throws {
        let eventLoop = loops.next()
        let flight = Flight(key: key, settings: FlightSettings())
        try await eventLoop.submit { [head] in
            let wakes = NIOLoopBoundBox(0, eventLoop: eventLoop)
            let reader = flight.lead(on: eventLoop) { wakes.value += 1 }
            #expect(reader.next() == nil)
            flight.publish(head: head, isShared: true)
            #expect(wakes.value == 1)
            flight.append(body(1))
            #expect(wakes.value == 1)
            #expect(reader.next()?.summary == "head 200")
            flight.append(body(1))
            #expect(wakes.value == 2)
            while reader.next() != nil {}
            reader.leave()
            flight.append(body(1))
            flight.finish(trailers: FieldSection())
            #expect(wakes.value == 2)
        }.get()
    }

    @Test(
        "what some readers have set off is done before the next are woken, from whichever event loop",
        arguments: [true, false]
    )
    func batches(isHere: Bool) async throws {
        let eventLoop = loops.next()
        let fetcher = isHere ? eventLoop : loops.makeIterator().first { $0 !== eventLoop } ?? eventLoop
        let count = 1_000
        let table = FlightTable(settings: FlightSettings(), store: MemoryStore(settings: CacheSettings()))
        // Readers that have been woken and whose own next turn has not come, and the most of them at any time.
        let pending = NIOLoopBoundBox.makeBoxSendingValue((now: 0, most: 0, ever: 0), eventLoop: eventLoop)
        let wake: @Sendable () -> Void = {
            pending.value.now += 1
            pending.value.ever += 1
            pending.value.most = max(pending.value.most, pending.value.now)
            eventLoop.execute { pending.value.now -= 1 }
        }
        let tickets = (0..<count).map { _ in table.join(key, on: eventLoop, wake: wake) }
        guard case .lead(let flight, _) = tickets[0] else { return #expect(Bool(false), "The first must lead") }
        try await fetcher.submit { [head] in flight.publish(head: head, isShared: true) }.get()
        while try await eventLoop.submit({ pending.value.ever < count }).get() {}
        #expect(try await eventLoop.submit { pending.value.most }.get() <= 64)
        withExtendedLifetime(tickets) {}
    }

    @Test("of many concurrent requests exactly one leads, again and again")
    func oneLeads() async throws {
        let table = FlightTable(
            settings: FlightSettings(maxFollowers: 8),
            store: MemoryStore(settings: CacheSettings())
        )
        for _ in 0..<100 {
            let tickets = await withTaskGroup(of: FlightTicket.self) { group in
                for _ in 0..<10 { group.addTask { table.join(key, on: loops.next(), wake: {}) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            var flights: [Flight] = []
            var (followers, full) = (0, 0)
            for ticket in tickets {
                switch ticket {
                case .lead(let flight, _): flights.append(flight)
                case .follow: followers += 1
                case .full: full += 1
                }
            }
            #expect(flights.count == 1)
            #expect((followers, full) == (7, 2))
            flights[0].fail(Broken())
        }
        #expect(table.counts() == FlightCounts(flights: 0, leaders: 100, followers: 700, full: 200))
    }

    @Test("forms of one key fly apart")
    func forms() {
        let table = FlightTable(settings: FlightSettings(), store: MemoryStore(settings: CacheSettings()))
        let tickets = [0, 1].map { table.join(FlightKey(key.key, form: $0), on: loops.next(), wake: {}) }
        #expect(table.counts().flights == 2)
        withExtendedLifetime(tickets) {}
    }
}
