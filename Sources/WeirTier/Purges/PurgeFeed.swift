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
        /// Of this sidecar.
        var unheard: UnheardPurges
        /// Of others, told without a number.
        var rumours: UnheardPurges
        var isSending = false
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
    private static let noEpoch: UInt64 = 0
    /// Purges that are read in one go: Redis does nothing else meanwhile.
    private static let page: UInt64 = 1000
    private static let readPause = TimeAmount.milliseconds(100)
    /// How long reading them may take: nobody waits for it, and Redis may be busy.
    private static let readTime = TimeAmount.seconds(1)
    /// How often it is asked whether a message was lost.
    private static let checkPause = TimeAmount.seconds(1)
    /// Checks without an answer after which purges count as unheard of.
    private static let maxUnansweredChecks = 2
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
                rumours: UnheardPurges(capacity: settings.maxPurges)
            )
        )
    }

    func start(resumingAt position: PurgePosition?) {
        state.withLock { $0.machine = PurgeFeedMachine(capacity: settings.maxPurges, resumingAt: position) }
        thread.start()
        let checks = eventLoop.scheduleRepeatedTask(initialDelay: Self.checkPause, delay: Self.checkPause) { [self] _ in
            check()
        }
        self.checks.withLock { $0 = checks }
    }

    func shutdown() async {
        checks.withLock { $0?.cancel() }
        await tellRest()
        try? await thread.shutdownGracefully()
    }

    /// What has not been told is told yet, for as long as there is hope.
    private func tellRest() async {
        flush()
        for _ in 0..<50 where client.isAvailable {
            let isTold = state.withLock { $0.outbox.count == 0 && !$0.isSending }
            if isTold { return }
            try? await Task.sleep(for: .milliseconds(20))
        }
        let count = state.withLock { $0.outbox.count }
        if count > 0 { logger.error("redis: the other sidecars have not been told of \(count) purges") }
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
            counts.untold = state.outbox.count
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
        state.withLock { $0.rumours.add([notice]) }
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
        let arguments = [newEpoch] + [number, Self.page].map { ByteBuffer(string: String($0)) }
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

    private var newEpoch: ByteBuffer { ByteBuffer(string: String(UInt64.random(in: 1...(.max)))) }

    // MARK: Telling

    /// Says that they are made, before they are: from then on nothing that they are meant for is read from Redis. May be
    /// called on any thread.
    func publish(_ notices: [PurgeNotice]) {
        state.withLock { state in
            state.unheard.add(notices)
            state.outbox.add(notices)
            state.whispered.subtract(notices)
        }
        flush()
    }

    private func flush() {
        let (taken, mark): ([PurgeNotice], UInt64) = state.withLock { state in
            guard !state.isSending else { return ([], 0) }
            let taken = state.outbox.takeAll()
            state.isSending = !taken.isEmpty
            return (taken, state.unheard.mark)
        }
        guard !taken.isEmpty else { return }
        eventLoop.execute { [self] in send(taken[...], until: mark) }
    }

    /// - Parameter mark: of ``UnheardPurges`` from when they were taken.
    private func send(_ notices: ArraySlice<PurgeNotice>, until mark: UInt64) {
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
            if case .success(let reply) = result, let last = reply.number {
                state.withLock { state in
                    state.counts.sent += UInt64(batch.count)
                    state.isFailing = false
                    state.whispered = []
                    state.unheard.number(batch, last: last, until: mark)
                    if let position = state.machine.position { state.unheard.registered(upTo: position.number) }
                }
                return send(notices.dropFirst(batch.count), until: mark)
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
        whisper(notices)
        eventLoop.scheduleTask(in: .seconds(1)) { [self] in flush() }
    }

    /// A message without a number: a Redis that is full, or may not be written to, still passes it on, and so do the other
    /// nodes of a cluster, where the one with the order is gone or gives it away.
    private func whisper(_ notices: ArraySlice<PurgeNotice>) {
        guard client.isAvailable else { return }
        let channel = ByteBuffer(string: keys.purgeChannel)
        let untold = state.withLock { state in notices.filter { state.whispered.insert($0).inserted } }
        for notice in untold {
            let message = ByteBuffer(string: "\(Self.noEpoch) 0 \(ownName) \(notice.text)")
            client.send([RedisCommand("PUBLISH", [channel, message], keyIndex: nil)], on: eventLoop) { [self] result in
                if case .success(let replies) = result, replies[0].errorKind == nil { return }
                state.withLock { _ = $0.whispered.remove(notice) }
            }
        }
    }
}
