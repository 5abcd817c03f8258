import NIOCore
import NIOPosix
import Synchronization
import Testing
import WeirTesting

@testable import WeirUpstream

/// Many threads at one pool, each with the event loop of its own that a member has.
@Suite struct AddressPoolTests {
    @Test(
        "Under many threads every call comes to one end, no place is lost, and the limit holds",
        arguments: [1, 3, 8]
    )
    func stress(limit: Int) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 4)
        let pool = AddressPool(
            address: UpstreamURL(scheme: .http, host: "127.0.0.1"),
            PoolSettings(max: limit, pending: 20, pendingWait: .milliseconds(1))
        )
        let running = Running()
        let members = group.makeIterator().map { Member($0, pool, running) }
        for member in members { member.eventLoop.execute { member.begin(calls: 4_000) } }
        var ends = [0, 0, 0]
        for member in members {
            let told = try await member.done.futureResult.get()
            #expect(told.reduce(0, +) == 4_000)
            ends = zip(ends, told).map(+)
        }
        #expect(pool.gauges == PoolGauges(max: limit))
        #expect(running.now == 0 && running.highest <= limit)
        // Each end has been seen, or nothing was tried.
        for end in ends { #expect(end > 0) }
        try await group.shutdownGracefully()
    }
}

/// Calls that hold a place, over all threads.
private final class Running: Sendable {
    private let state: Mutex<(now: Int, highest: Int)> = Mutex((0, 0))

    var now: Int { state.withLock { $0.now } }
    var highest: Int { state.withLock { $0.highest } }

    func begin() {
        state.withLock { state in
            state.now += 1
            state.highest = max(state.highest, state.now)
        }
    }

    func end() { state.withLock { $0.now -= 1 } }
}

/// Makes calls as fast as its event loop goes: a burst each turn, some of which are cancelled while they wait.
private final class Member: PoolMember {
    private struct State {
        var seat: PoolSeat?
        var left = 0
        /// Those that wait; `wants` is false where the call was cancelled and has not been heard of since.
        var waiting: [ObjectIdentifier: (ticket: QueueTicket, wants: Bool)] = [:]
        var running = 0
        /// Served; refused; cancelled.
        var ends = [0, 0, 0]
    }

    let eventLoop: any EventLoop
    let done: EventLoopPromise<[Int]>
    private let pool: AddressPool
    private let running: Running
    private let state: NIOLoopBoundBox<State>

    init(_ eventLoop: any EventLoop, _ pool: AddressPool, _ running: Running) {
        self.eventLoop = eventLoop
        self.pool = pool
        self.running = running
        done = eventLoop.makePromise()
        state = NIOLoopBoundBox.makeBoxSendingValue(State(), eventLoop: eventLoop)
    }

    func begin(calls: Int) {
        state.value.seat = pool.join(self)
        state.value.left = calls
        turn()
    }

    private var seat: PoolSeat {
        guard let seat = state.value.seat else { preconditionFailure("Cannot call before joining") }
        return seat
    }

    private func turn() {
        for _ in 0..<min(6, state.value.left) {
            state.value.left -= 1
            start()
        }
        if Int.random(in: 0..<4) == 0 { cancelOne() }
        _ = pool.expire(now: .now())
        guard state.value.left + state.value.running + state.value.waiting.count == 0 else {
            return eventLoop.execute { self.turn() }
        }
        seat.leave()
        done.succeed(state.value.ends)
    }

    private func start() {
        let priority = CallPriority.allCases.randomElement() ?? .standard
        let now = NIODeadline.now()
        switch seat.enter(priority, now: now, until: now + .microseconds(Int64.random(in: 0...500))) {
        case .useIdle, .connect: run()
        case .wait(let ticket): state.value.waiting[ObjectIdentifier(ticket)] = (ticket, true)
        case .refuse: state.value.ends[1] += 1
        }
    }

    private func run() {
        running.begin()
        state.value.running += 1
        eventLoop.execute { self.end() }
    }

    private func end() {
        running.end()
        state.value.running -= 1
        state.value.ends[0] += 1
        giveBack()
    }

    private func giveBack() {
        switch seat.depart(parks: false) {
        case .handOver(to: let ticket):
            #expect(state.value.waiting.removeValue(forKey: ObjectIdentifier(ticket))?.wants == true)
            run()
        case .grant(to: let ticket): ticket.grant()
        case .close: break
        case .park: Issue.record("a connection was parked that nobody would keep")
        }
    }

    private func cancelOne() {
        guard let (id, (ticket, wants)) = state.value.waiting.randomElement(), wants else { return }
        state.value.ends[2] += 1
        state.value.waiting[id] = seat.withdraw(ticket) ? nil : (ticket, false)
    }

    // MARK: PoolMember

    func granted(_ ticket: QueueTicket) {
        eventLoop.execute {
            guard let (_, wants) = self.state.value.waiting.removeValue(forKey: ObjectIdentifier(ticket)) else {
                Issue.record("a place was granted twice")
                return
            }
            if wants { self.run() } else { self.giveBack() }
        }
    }

    func refused(_ ticket: QueueTicket) {
        eventLoop.execute {
            guard let (_, wants) = self.state.value.waiting.removeValue(forKey: ObjectIdentifier(ticket)) else {
                Issue.record("a call was refused twice")
                return
            }
            if wants { self.state.value.ends[1] += 1 }
        }
    }

    func closeIdle(for ticket: QueueTicket?) { ticket?.grant() }
}
