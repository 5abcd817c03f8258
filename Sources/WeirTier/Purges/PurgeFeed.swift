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
    struct State: ~Copyable {
        var machine: PurgeFeedMachine
        var outbox: PurgeOutbox
        /// Of this sidecar.
        var unheard: UnheardPurges
        /// Of others, told without a number.
        var rumours: Rumours
        /// Of the outbox, what is on its way to Redis.
        var sending: ArraySlice<PurgeNotice> = []
        /// Who waits for what is on its way, and for what will be next, to be told.
        var waiters: (now: [CheckedContinuation<Bool, Never>], next: [CheckedContinuation<Bool, Never>]) = ([], [])
        /// Of the outbox, what the others have been told without a number.
        var whispered: Set<PurgeNotice> = []
        /// It has been logged that they cannot be told.
        var isFailing = false
        var counts = PurgeFeedCounts()
        /// What was asked for last.
        var readBehind: UInt64?
        /// Losses, gaps and recoveries so far: what is done for a former one is not for the latest.
        var round: UInt64 = 0
        /// Of the latest checks, how many in a row have had no answer.
        var unansweredChecks = 0
    }

    /// Of what is told without a number.
    static let noEpoch: UInt64 = 0
    /// Purges that are read in one go: Redis does nothing else meanwhile.
    private static let page: UInt64 = 1000
    private static let readPause = TimeAmount.milliseconds(100)
    /// How long reading them may take: nobody waits for it, and Redis may be busy.
    private static let readTime = TimeAmount.seconds(1)
    /// How often it is asked whether a message was lost.
    private static let checkPause = TimeAmount.seconds(1)
    /// Checks without an answer after which purges count as unheard of.
    private static let maxUnansweredChecks = 2
    /// Checks for which whoever told a purge without a number may get it one.
    private static let rumourPatience = 10

    let settings: TierSettings
    let keys: TierKeys
    let client: RedisClient
    private let store: MemoryStore
    private let board: FillBoard
    let eventLoop: any EventLoop
    let logger: Logger
    /// Who made a purge, as it is told the others.
    let ownName = String(UInt64.random(in: 1...(.max)), radix: 16)
    let state: Mutex<State>
    private let thread = NIOThreadPool(numberOfThreads: 1)
    private let checks = Mutex<RepeatedTask?>(nil)
    private let isHearing = Atomic<Bool>(false)

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
                outbox: PurgeOutbox(capacity: settings.maxPurges),
                unheard: UnheardPurges(capacity: settings.maxPurges),
                rumours: Rumours(capacity: settings.maxPurges, patience: Self.rumourPatience)
            )
        )
    }

    func start(resumingAt purges: SnapshotPurges) {
        state.withLock { state in
            state.machine = PurgeFeedMachine(capacity: settings.maxPurges, resumingAt: purges.position)
            // What another version means nobody here can tell: told as all.
            let notices = purges.untold.map { PurgeNotice($0) ?? PurgeNotice(.all, isSoft: false) }
            state.unheard.add(notices)
            state.outbox.add(notices)
        }
        if !purges.untold.isEmpty { flush(in: .seconds(1)) }
        thread.start()
        let checks = eventLoop.scheduleRepeatedTask(initialDelay: Self.checkPause, delay: Self.checkPause) { [self] _ in
            adoptRumours()
            check()
        }
        self.checks.withLock { $0 = checks }
    }

    func shutdown() async {
        checks.withLock { $0?.cancel() }
        await tellRest()
        try? await thread.shutdownGracefully()
    }

    /// Messages may be lost on the way though the connection stands: whether there are purges that were not heard of.
    private func check() {
        guard let asked = position else { return }
        let head = ["epoch", "number"].map { ByteBuffer(string: $0) }
        let command = RedisCommand("HMGET", [keys.logHead] + head)
        client.send([command], timeout: Self.readTime, on: eventLoop) { [self] result in
            guard case .success(let replies) = result, case .array(let values) = replies[0], values.count == 2 else {
                return checkFailed()
            }
            var position: PurgePosition?
            if let epoch = values[0].number, let number = values[1].number {
                position = PurgePosition(epoch: epoch, number: number)
            }
            step { state in
                state.unansweredChecks = 0
                return state.machine.found(position, since: asked)
            }
        }
    }

    /// Whoever has the order does not answer, though others may: of a cluster one node has it, and the subscription is on
    /// any.
    private func checkFailed() {
        step { state in
            state.unansweredChecks += 1
            guard state.unansweredChecks >= Self.maxUnansweredChecks else { return [] }
            state.unansweredChecks = 0
            return state.machine.unanswered()
        }
    }

    // MARK: Looking in

    var position: PurgePosition? { state.withLock { $0.machine.position } }

    var applied: PurgePosition? { state.withLock { $0.machine.applied } }

    func verdict(on subject: PurgeSubject, since asked: PurgePosition) -> PurgeRegister.Verdict {
        state.withLock { state in
            max(
                state.machine.verdict(on: subject, since: asked),
                max(state.unheard.verdict(on: subject), state.rumours.verdict(on: subject))
            )
        }
    }

    /// Every purge that has been told is in the store, or about to be.
    @inline(__always)
    var hearsAll: Bool { isHearing.load(ordering: .acquiring) }

    var counts: PurgeFeedCounts {
        state.withLock { state in
            var counts = state.counts
            counts.untold = state.sending.count + state.outbox.count
            return counts
        }
    }

    // MARK: RedisSubscriptionHandler

    func subscribed() {
        step { state in
            state.round += 1
            state.readBehind = nil
            return state.machine.subscribed()
        }
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
        if epoch == Self.noEpoch { return heardRumour(notice, isOwn: isOwn) }
        let position = PurgePosition(epoch: epoch, number: number)
        step { state in
            state.rumours.registered(notice)
            return state.machine.received(notice, at: position, isOwn: isOwn)
        }
    }

    /// Redis takes no more, so that a purge has no number: it is applied nevertheless.
    private func heardRumour(_ notice: PurgeNotice, isOwn: Bool) {
        guard !isOwn else { return }
        state.withLock { $0.rumours.heard(notice) }
        apply([notice])
    }

    func lost() {
        step { state in
            state.machine.lost()
            return []
        }
    }

    // MARK: Hearing

    /// Tells the machine of something, lets go of the own purges that its register holds then, and does what it says.
    private func step(_ event: (inout State) -> [PurgeFeedMachine.Action]) {
        let actions = state.withLock { state in
            let wasCurrent = state.machine.position != nil
            let actions = event(&state)
            if actions.contains(.doubtAll) { state.unheard.orderHasEnded() }
            if let position = state.machine.position {
                state.unheard.registered(upTo: position.number)
            } else {
                if wasCurrent { state.round += 1 }
                isHearing.store(false, ordering: .releasing)
            }
            return actions
        }
        perform(actions)
    }

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

    /// All that was missed has been read. Once it is applied what is stored can be used again.
    private func caughtUp() {
        let (isCurrent, round) = state.withLock { ($0.machine.position != nil, $0.round) }
        guard isCurrent else { return }
        thread.submit { [self] _ in
            state.withLock { state in
                if state.round == round { isHearing.store(true, ordering: .releasing) }
            }
        }
    }

    /// Where that has been read before, and nothing has come behind it, it is not asked for at once again.
    private func read(behind number: UInt64) {
        let isAgain = state.withLock { state in
            defer { state.readBehind = number }
            return state.readBehind == number
        }
        eventLoop.scheduleTask(in: isAgain ? Self.readPause : .zero) { [self] in askRedis(behind: number) }
    }

    private func askRedis(behind number: UInt64) {
        let round = state.withLock { $0.round }
        let arguments = order + [number, Self.page].map { ByteBuffer(string: String($0)) }
        client.run(
            TierScripts.read,
            keys: [keys.logHead, keys.logPurges],
            arguments: arguments,
            timeout: Self.readTime,
            on: eventLoop
        ) { [self] result in
            guard state.withLock({ $0.round == round }) else { return }
            if case .success(let reply) = result, let part = PurgeLogPart(reply, asked: Int(Self.page)) {
                step { state in
                    for purge in part.purges { state.rumours.registered(purge.notice) }
                    return state.machine.received(part)
                }
                return caughtUp()
            }
            // The subscription stands, so Redis is there: it will answer sooner or later.
            eventLoop.scheduleTask(in: Self.readPause) { [self] in
                guard state.withLock({ $0.round == round }) else { return }
                read(behind: number)
            }
        }
    }

    /// With what the scripts begin: an epoch should a new order begin, and how far this sidecar knows the one there was.
    var order: [ByteBuffer] {
        let known = state.withLock { $0.machine.registered } ?? PurgePosition(epoch: Self.noEpoch, number: 0)
        return [.random(in: 1...(.max)), known.epoch, known.number].map { ByteBuffer(string: String($0)) }
    }
}
