import Logging
import NIOCore
import NIOPosix
import Synchronization
import WeirCache
import WeirRedis

/// This sidecar's end of the purges that sidecars have in common: drives a ``PurgeFeedMachine``, applies what others purge
/// to this sidecar's store, and tells them what it purges itself.
///
/// All that it hears comes on one event loop. What goes to the store goes there by a thread of its own, one after the
/// other: a purge over a million paths is nothing for an event loop.
final class PurgeFeed: RedisSubscriptionHandler, Sendable {
    private struct State: ~Copyable {
        var machine: PurgeFeedMachine
        var outbox: PurgeOutbox
        var isSending = false
        /// It has been logged that they cannot be told.
        var isFailing = false
        var counts = PurgeFeedCounts()
        /// Losses and recoveries so far: what is done for a former one is not for the latest.
        var round: UInt64 = 0
    }

    /// Purges that one script call numbers.
    private static let batch = 500

    private let settings: TierSettings
    private let keys: TierKeys
    private let client: RedisClient
    private let store: MemoryStore
    private let board: FillBoard
    private let eventLoop: any EventLoop
    private let logger: Logger
    /// Who made a purge, as it is told the others.
    private let ownName = String(UInt64.random(in: 1...(.max)), radix: 16)
    private let state: Mutex<State>
    private let thread = NIOThreadPool(numberOfThreads: 1)
    /// Uptime in nanoseconds up to which nothing stored is used before it is validated.
    private let doubtEnd = Atomic<UInt64>(0)

    init(
        settings: TierSettings,
        keys: TierKeys,
        client: RedisClient,
        store: MemoryStore,
        board: FillBoard,
        eventLoop: any EventLoop,
        logger: Logger
    ) {
        self.settings = settings
        self.keys = keys
        self.client = client
        self.store = store
        self.board = board
        self.eventLoop = eventLoop
        self.logger = logger
        state = Mutex(
            State(
                machine: PurgeFeedMachine(capacity: settings.maxPurges),
                outbox: PurgeOutbox(capacity: settings.maxPurges)
            )
        )
    }

    func start(resumingAt position: PurgePosition?) {
        state.withLock { $0.machine = PurgeFeedMachine(capacity: settings.maxPurges, resumingAt: position) }
        thread.start()
    }

    func shutdown() async { try? await thread.shutdownGracefully() }

    // MARK: Looking in

    var position: PurgePosition? { state.withLock { $0.machine.position } }

    var applied: PurgePosition? { state.withLock { $0.machine.applied } }

    func verdict(on subject: PurgeSubject, since asked: PurgePosition) -> PurgeRegister.Verdict {
        state.withLock { $0.machine.verdict(on: subject, since: asked) }
    }

    @inline(__always)
    func isInDoubt(at now: NIODeadline) -> Bool { now.uptimeNanoseconds < doubtEnd.load(ordering: .relaxed) }

    var counts: PurgeFeedCounts {
        state.withLock { state in
            var counts = state.counts
            counts.untold = state.outbox.count
            return counts
        }
    }

    // MARK: RedisSubscriptionHandler

    func subscribed() {
        let actions = state.withLock { state in
            state.round += 1
            return state.machine.subscribed()
        }
        perform(actions)
        flush()
    }

    func received(channel: String, message: ByteBuffer) {
        let text = String(buffer: message)
        guard channel == keys.purgeChannel else { return board.received(text) }
        let parts = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let epoch = UInt64(parts[0]), let number = UInt64(parts[1]) else { return }
        // What another version means nobody here can apply: taken for all.
        let notice = PurgeNotice(String(parts[3])) ?? PurgeNotice(.all, isSoft: true)
        let isOwn = parts[2] == ownName
        let position = PurgePosition(epoch: epoch, number: number)
        perform(state.withLock { $0.machine.received(notice, at: position, isOwn: isOwn) })
    }

    func lost() {
        let now = NIODeadline.now()
        state.withLock { state in
            state.round += 1
            state.machine.lost()
        }
        doubtEnd.store((now + settings.doubt).uptimeNanoseconds, ordering: .relaxed)
    }

    // MARK: Hearing

    private func perform(_ actions: [PurgeFeedMachine.Action]) {
        for action in actions {
            switch action {
            case .read(let number): read(behind: number)
            case .apply(let notices): apply(notices)
            case .doubtAll: doubtAll()
            }
        }
    }

    private func doubtAll() {
        state.withLock { $0.counts.doubts += 1 }
        thread.submit { [store] _ in store.doubtAll() }
    }

    private func apply(_ notices: [PurgeNotice]) {
        state.withLock { $0.counts.received += UInt64(notices.count) }
        thread.submit { [store] _ in
            for notice in notices { _ = store.purge(notice.purge, softly: notice.isSoft) }
        }
    }

    /// Every purge that was missed has been applied: what is stored can be used again.
    private func endDoubt() {
        let (isCurrent, round) = state.withLock { ($0.machine.position != nil, $0.round) }
        guard isCurrent else { return }
        thread.submit { [self] _ in
            state.withLock { if $0.round == round { doubtEnd.store(0, ordering: .relaxed) } }
        }
    }

    private func read(behind number: UInt64) {
        eventLoop.execute { [self] in askRedis(behind: number) }
    }

    private func askRedis(behind number: UInt64) {
        let round = state.withLock { $0.round }
        let arguments = [newEpoch, ByteBuffer(string: String(number))]
        client.run(TierScripts.read, keys: [keys.logHead, keys.logPurges], arguments: arguments, on: eventLoop) {
            [self] result in
            guard state.withLock({ $0.round == round }) else { return }
            if case .success(let reply) = result, let part = PurgeLogPart(reply) {
                perform(state.withLock { $0.machine.received(part) })
                return endDoubt()
            }
            // The subscription stands, so Redis is there: it will answer sooner or later.
            eventLoop.scheduleTask(in: .milliseconds(100)) { [self] in
                guard state.withLock({ $0.round == round }) else { return }
                read(behind: number)
            }
        }
    }

    private var newEpoch: ByteBuffer { ByteBuffer(string: String(UInt64.random(in: 1...(.max)))) }

    // MARK: Telling

    /// May be called on any thread.
    func publish(_ notices: [PurgeNotice]) {
        state.withLock { $0.outbox.add(notices) }
        flush()
    }

    private func flush() {
        let taken: [PurgeNotice] = state.withLock { state in
            guard !state.isSending else { return [] }
            let taken = state.outbox.takeAll()
            state.isSending = !taken.isEmpty
            return taken
        }
        guard !taken.isEmpty else { return }
        eventLoop.execute { [self] in send(taken[...]) }
    }

    private func send(_ notices: ArraySlice<PurgeNotice>) {
        let batch = notices.prefix(Self.batch)
        guard !batch.isEmpty else {
            state.withLock { $0.isSending = false }
            return flush()
        }
        let arguments =
            [newEpoch] + [String(settings.maxPurges), keys.purgeChannel, ownName].map { ByteBuffer(string: $0) }
            + batch.map { ByteBuffer(string: $0.text) }
        client.run(TierScripts.purge, keys: [keys.logHead, keys.logPurges], arguments: arguments, on: eventLoop) {
            [self] result in
            if case .success(let reply) = result, case .integer = reply {
                state.withLock { state in
                    state.counts.sent += UInt64(batch.count)
                    state.isFailing = false
                }
                return send(notices.dropFirst(batch.count))
            }
            failed(notices, result)
        }
    }

    /// They are told later. Those that Redis may have heard of already are told twice, which does no harm.
    private func failed(_ notices: ArraySlice<PurgeNotice>, _ result: Result<RedisReply, RedisError>) {
        let isFirst = state.withLock { state in
            let later = state.outbox.takeAll()
            state.outbox.add(Array(notices))
            state.outbox.add(later)
            state.isSending = false
            defer { state.isFailing = true }
            return !state.isFailing
        }
        if isFirst { logger.warning("redis: the other sidecars cannot be told of purges for now: \(result)") }
        eventLoop.scheduleTask(in: .seconds(1)) { [self] in flush() }
    }
}
