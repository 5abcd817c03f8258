/// What a request does that does not find its answer in memory: looks into Redis, and where it is not there either takes
/// the lock under which one sidecar fetches it, or waits for the one that has it.
///
///              nothing of use              mine
///     ┌─────────┐ ───────▶ ┌─────────┐ ───────────▶ fetch, with the lock
///     │ looking │          │ locking │
///     └─────────┘ ◀─┐      └─────────┘
///       │           │        │ another's
///       │ it is     │        ▼
///       ▼ there     │      ┌─────────┐ not to be shared, or time is up: fetch, without
///     answer        └───── │ waiting │
///                 stored,  └─────────┘
///                 or the lock has ended
///
/// - **looking**: what is stored is asked for. Can transition to locking, and ends with an answer or a fetch.
/// - **locking**: the lock is asked for. Can transition to looking, where somebody has written since, and to waiting; where
///   it does not wait it ends by leaving the fetch to the other.
/// - **waiting**: another sidecar fetches. Can transition to looking.
///
/// Whatever fails of Redis ends it with a fetch. ``Consultation`` drives it, and times it.
struct ConsultationMachine: ~Copyable {
    enum Action: Equatable {
        case look
        case lock
        /// Hear what becomes of the lock.
        case wait
        case answer
        /// - Parameter token: of the lock, where this sidecar has it.
        case fetch(token: UInt64?)
        /// Nothing more: another sidecar fetches it, and nobody waits for that here.
        case leave
    }

    private enum State {
        case looking
        case locking
        case waiting
        case over
    }

    private var state = State.looking
    private var mayLock: Bool
    private let mayWait: Bool
    private var token: UInt64?
    /// The token of the last that had written when it was looked.
    private var written: UInt64 = 0

    /// - Parameters:
    ///   - mayLock: whether one sidecar alone fetches it.
    ///   - mayWait: whether the others wait for that one.
    init(mayLock: Bool, mayWait: Bool) {
        self.mayLock = mayLock
        self.mayWait = mayWait
    }

    // MARK: Looking

    /// - Parameters:
    ///   - isUsable: what is stored answers the request.
    ///   - written: the token of who wrote last under this key.
    mutating func looked(isUsable: Bool, written: UInt64) -> Action {
        guard case .looking = state else { preconditionFailure("Cannot have looked while not looking") }
        self.written = written
        if isUsable {
            state = .over
            return .answer
        }
        guard mayLock, token == nil else { return fetch() }
        state = .locking
        return .lock
    }

    // MARK: Locking

    /// - Parameter written: the token of who wrote last before it.
    mutating func locked(token: UInt64, written: UInt64) -> Action {
        guard case .locking = state else { preconditionFailure("Cannot have locked while not locking") }
        self.token = token
        guard written == self.written else {
            state = .looking
            return .look
        }
        return fetch()
    }

    /// Another sidecar has the lock.
    mutating func foundLocked() -> Action {
        guard case .locking = state else { preconditionFailure("Cannot find a lock while not locking") }
        guard mayWait else {
            state = .over
            return .leave
        }
        state = .waiting
        return .wait
    }

    // MARK: Waiting

    /// The other sidecar has told what came of it. Where it is not what this request can use, it is asked for at once, by
    /// all who waited.
    mutating func heard(_ outcome: FillOutcome) -> Action? {
        guard case .waiting = state else { return nil }
        guard outcome == .stored else { return fetch() }
        mayLock = false
        state = .looking
        return .look
    }

    /// The lock has ended and nothing was told: the other sidecar has died, or is cut off. One takes its place.
    mutating func foundUnlocked() -> Action? {
        guard case .waiting = state else { return nil }
        state = .looking
        return .look
    }

    // MARK: Giving up

    /// Redis has failed, or has had its time, or the other sidecar has.
    mutating func gaveUp() -> Action? {
        if case .over = state { return nil }
        return fetch()
    }

    private mutating func fetch() -> Action {
        state = .over
        return .fetch(token: token)
    }
}
