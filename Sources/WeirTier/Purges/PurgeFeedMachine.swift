import WeirCache

/// Whether this sidecar knows of every purge, and what it has to do to.
///
///                 subscribed                 what was missed is read
///     ┌──────┐ ───────────────▶ ┌─────────┐ ────────────────────────▶ ┌─────────┐
///     │ lost │                  │ reading │                           │ current │
///     └──────┘ ◀─────────────── └─────────┘ ◀──────────────────────── └─────────┘
///        ▲          lost                 a number is left out, or cannot   │
///        │                               be asked for                      │
///        └─────────────────────────────────────────────────────────────────┘
///
/// - **lost**: nothing is heard; answers in Redis are not used. Can transition to reading.
/// - **reading**: it hears of purges and reads of those before, until there is none that it has heard of and not read.
///   Can transition to current and lost.
/// - **current**: every purge is applied as it is heard of. Can transition to reading and lost.
///
/// ``PurgeFeed`` drives it.
struct PurgeFeedMachine: ~Copyable {
    enum Action: Equatable {
        /// Ask Redis for all purges behind this number.
        case read(behind: UInt64)
        /// To the store, in this order.
        case apply([PurgeNotice])
        /// Purges may have been missed that nobody knows any more: whatever is stored has to be validated.
        case doubtAll
    }

    private enum State { case lost, reading, current }

    private var state = State.lost
    private let capacity: Int
    private var register: PurgeRegister
    /// What the register holds; nil before anything has been read.
    private(set) var registered: PurgePosition?
    /// What the store has been purged of; nil where that is not known.
    private(set) var applied: PurgePosition?
    /// The latest that was heard of while reading.
    private var heard: PurgePosition?

    /// - Parameters:
    ///   - capacity: purges remembered.
    ///   - position: what the store's content was purged of already, where it comes from before.
    init(capacity: Int, resumingAt position: PurgePosition? = nil) {
        self.capacity = capacity
        register = PurgeRegister(capacity: capacity)
        applied = position
    }

    /// Where it is; nil while it does not hear of everything.
    var position: PurgePosition? {
        guard case .current = state else { return nil }
        return registered
    }

    // MARK: Events

    mutating func subscribed() -> [Action] {
        heard = nil
        return read()
    }

    mutating func lost() { state = .lost }

    /// A purge was published.
    /// - Parameter isOwn: this sidecar made it, and has applied it.
    mutating func received(_ notice: PurgeNotice, at position: PurgePosition, isOwn: Bool) -> [Action] {
        switch state {
        case .lost:
            return []
        case .reading:
            heard = position
            return []
        case .current:
            guard let registered else { preconditionFailure("Cannot be current while nothing has been read") }
            let isSameEpoch = position.epoch == registered.epoch
            if isSameEpoch, position.number <= registered.number { return [] }
            guard isSameEpoch, position.number == registered.number + 1 else {
                heard = position
                return read()
            }
            register.note(notice, number: position.number)
            self.registered = position
            applied = position
            return isOwn ? [] : [.apply([notice])]
        }
    }

    /// Redis has been asked how far the purges are.
    /// - Parameters:
    ///   - position: nil where there is no order.
    ///   - asked: where this sidecar was then.
    mutating func found(_ position: PurgePosition?, since asked: PurgePosition) -> [Action] {
        guard case .current = state, let registered, position != registered else { return [] }
        guard let position, position.epoch == registered.epoch, position.number >= asked.number else {
            // Redis has lost the order, or its latest purges, without an end of the subscription: in a cluster that is
            // on another node.
            heard = nil
            return read()
        }
        // What is behind has been overtaken by a message.
        if position.number < registered.number { return [] }
        heard = position
        return read()
    }

    /// Nobody says how far the purges are, so that a message that is lost would not be missed.
    mutating func unanswered() -> [Action] {
        guard case .current = state else { return [] }
        heard = nil
        return read()
    }

    /// What ``Action/read(behind:)`` asked for has come.
    mutating func received(_ log: PurgeLogPart) -> [Action] {
        guard case .reading = state else { return [] }
        if let registered, registered.epoch != log.position.epoch || log.position.number < registered.number {
            // Redis has lost what it knew. What has been read of the new order is a part: all of it is needed.
            register = PurgeRegister(capacity: capacity)
            self.registered = nil
            applied = nil
            return read()
        }
        for purge in log.purges { register.note(purge.notice, number: purge.number) }
        register.raiseFloor(to: log.floor)
        registered = log.position
        let consequence = consequence(of: log)
        if log.position.number < log.latest { return consequence + read() }
        if let heard, heard.epoch == log.position.epoch, heard.number > log.position.number {
            return consequence + read()
        }
        state = .current
        return consequence
    }

    // MARK: Answers in Redis

    /// Whether an answer that was asked for at a position may be used.
    func verdict(on subject: PurgeSubject, since asked: PurgePosition) -> PurgeRegister.Verdict {
        guard let position, asked.epoch == position.epoch, asked.number <= position.number else { return .purged }
        return register.verdict(on: subject, since: asked.number)
    }

    // MARK: -

    private mutating func read() -> [Action] {
        state = .reading
        return [.read(behind: registered?.number ?? 0)]
    }

    /// For the store, of purges it has not been told of.
    private mutating func consequence(of log: PurgeLogPart) -> [Action] {
        guard let applied, applied.epoch == log.position.epoch, applied.number >= log.floor else {
            // Which does for all that there are by now.
            self.applied = PurgePosition(epoch: log.position.epoch, number: log.latest)
            return [.doubtAll]
        }
        if applied.number < log.position.number { self.applied = log.position }
        let news = log.purges.filter { $0.number > applied.number }.map(\.notice)
        return news.isEmpty ? [] : [.apply(news)]
    }
}
