package import NIOCore
import Synchronization
package import WeirHTTP

/// One upstream call and everybody who reads its answer: a ``FlightMachine`` behind a lock, with its wake-ups.
///
/// The fetcher's side (`begin`, `publish`, `append`, `finish`, `answer`, `fail`) is called on the fetcher's event
/// loop. Neither readers nor the owner are called under the lock.
package final class Flight: Sendable {
    private struct State {
        var machine: FlightMachine
        /// By the reader's slot.
        var signals: [FlightSignal?] = []
        /// Let go of at the flight's end, which breaks the cycle of owner and flight.
        var owner: (any FlightOwner)?
        /// What is fetched, and when that began in the order of purges.
        var fetched: (subject: PurgeSubject, since: PurgeMark)?
        /// What the owner has been told last.
        var toldWantsMore = true
        var owesDesertion = false
        /// Whether some thread is telling the owner; it then tells what comes up meanwhile too, so that the owner
        /// hears everything in its order.
        var isTelling = false

        var owesNotice: Bool {
            owner != nil && !isTelling && (machine.wantsMore != toldWantsMore || owesDesertion)
        }
    }

    private enum Notice { case wantsMore(Bool), isDeserted }

    package let key: FlightKey
    /// Where others find it. The table lets go of a flight that has closed, which breaks the cycle of the two.
    private let table: FlightTable?
    /// From when on nobody has to wait for its head any more; nil where that is for its fetcher to say.
    let overdueAt: NIODeadline?
    private let state: Mutex<State>
    /// Set under the lock.
    private let account: BufferAccount?

    /// A flight that nobody can find, for a request that is not to be shared.
    package convenience init(key: FlightKey, settings: FlightSettings, buffers: BufferBudget? = nil) {
        self.init(key: key, settings: settings, table: nil, overdueAt: nil, buffers: buffers)
    }

    init(
        key: FlightKey,
        settings: FlightSettings,
        table: FlightTable?,
        overdueAt: NIODeadline?,
        buffers: BufferBudget?
    ) {
        self.key = key
        self.table = table
        self.overdueAt = overdueAt
        account = buffers.map { BufferAccount($0) }
        state = Mutex(State(machine: FlightMachine(settings: settings, isOpen: table != nil)))
    }

    /// Whether others may find and join it, or could have.
    package var isJoinable: Bool { table != nil }

    /// Bytes held for readers, overhead included.
    package var heldBytes: Int { state.withLock { $0.machine.heldBytes } }

    /// Its head has not come in time.
    func isOverdue(now: NIODeadline) -> Bool {
        guard let overdueAt, now >= overdueAt else { return false }
        return state.withLock { $0.machine.isAwaitingHead }
    }

    /// Nobody reads, and the end has not come.
    package var isDeserted: Bool { state.withLock { $0.machine.isDeserted } }

    // MARK: The fetcher's side

    /// Names who fetches. It is held until the end, or until all have left.
    package func begin(owner: any FlightOwner) {
        state.withLock { state in
            if !state.machine.isEnded { state.owner = owner }
        }
        tellOwner()
    }

    /// Says what is fetched, before the upstream is asked and again as more of it is known.
    /// - Parameter mark: taken before the upstream was asked. Nobody joins after a purge that came later.
    package func fetches(_ subject: PurgeSubject, since mark: PurgeMark) {
        state.withLock { $0.fetched = (subject, mark) }
    }

    var fetched: (subject: PurgeSubject, since: PurgeMark)? { state.withLock { $0.fetched } }

    /// The fetch goes on whoever leaves (its answer is to be stored), so others may still join when nobody reads.
    /// The owner hears of desertion nevertheless. Without this a flight that all have left is closed at once.
    package func outliveReaders() { state.withLock { $0.machine.outliveReaders() } }

    /// The final response's head has come.
    /// - Parameters:
    ///   - isShared: whether followers may have it. Where not they get ``FlightEvent/released``, and new
    ///     requests start flights of their own.
    ///   - terms: what readers are told besides.
    package func publish(head: ResponseHead, isShared: Bool, terms: FlightTerms = FlightTerms()) {
        change { $0.publish(head: head, isShared: isShared, terms: terms) }
    }

    package func append(_ chunk: ByteBuffer) {
        let isShort = account?.isBudgetExhausted ?? false
        change { $0.append(chunk, keepingAll: !isShort) }
    }

    /// - Parameter note: what readers are told at its end, besides.
    package func finish(trailers: FieldSection, note: ByteBuffer = ByteBuffer()) {
        change { $0.finish(trailers: trailers, note: note) }
    }

    /// A stored response is the answer; only before ``publish(head:isShared:terms:)``.
    /// - Parameter isShared: whether followers may have it, as there.
    package func answer(_ stored: StoredResponse, _ reason: StoredAnswerReason, isShared: Bool = true) {
        change { $0.answer(stored, reason, isShared: isShared) }
    }

    /// Nothing (more) comes. Readers get what has come so far, then the error.
    package func fail(_ error: any Error) { change { $0.fail(error) } }

    // MARK: The readers' side

    /// The reader whose request started the flight.
    package func lead(on eventLoop: any EventLoop, wake: @escaping @Sendable () -> Void) -> FlightReader {
        guard case .joined(let reader) = join(isLeader: true, FlightSignal(eventLoop: eventLoop, wake: wake)) else {
            preconditionFailure("Cannot lead a flight that is over")
        }
        return reader
    }

    enum Joined {
        case joined(FlightReader)
        case closed
        case full
    }

    func follow(on eventLoop: any EventLoop, wake: @escaping @Sendable () -> Void) -> Joined {
        join(isLeader: false, FlightSignal(eventLoop: eventLoop, wake: wake))
    }

    func next(_ id: FlightMachine.ReaderID) -> FlightEvent? {
        let (event, owesNotice) = state.withLock { state in
            let event = state.machine.next(id)
            account?.set(state.machine.heldBytes)
            switch event {
            case .end, .answer, .released, .failed: state.signals[id.slot] = nil
            case .head, .chunk, nil: break
            }
            return (event, state.owesNotice)
        }
        if owesNotice { tellOwner() }
        return event
    }

    func leave(_ id: FlightMachine.ReaderID) {
        change(forgetting: id) { $0.leave(id) }
    }

    private func join(isLeader: Bool, _ signal: FlightSignal) -> Joined {
        state.withLock { state in
            switch state.machine.join(isLeader: isLeader) {
            case .joined(let id, let hasNews):
                if id.slot == state.signals.count { state.signals.append(nil) }
                state.signals[id.slot] = signal
                if hasNews { signal.fireLater() }
                return .joined(FlightReader(isLeader: isLeader, flight: self, id: id, signal: signal))
            case .closed:
                return .closed
            case .full:
                return .full
            }
        }
    }

    // MARK: What follows from a change

    private func change(
        forgetting id: FlightMachine.ReaderID? = nil,
        _ body: (inout FlightMachine) -> FlightMachine.Effects
    ) {
        var signals: [FlightSignal] = []
        // What is let go of is freed after the lock.
        var owner: (any FlightOwner)?
        let (effects, owesNotice) = state.withLock { state in
            let effects = body(&state.machine)
            account?.set(state.machine.heldBytes)
            if let id { state.signals[id.slot] = nil }
            signals.reserveCapacity(effects.wake.count)
            for id in effects.wake {
                if let signal = state.signals[id.slot] { signals.append(signal) }
            }
            if effects.isDeserted { state.owesDesertion = true }
            if state.machine.isEnded {
                owner = state.owner
                state.owner = nil
            }
            return (effects, state.owesNotice)
        }
        if effects.hasClosed { table?.remove(self) }
        if effects.released > 0 { table?.countReleased(effects.released) }
        FlightSignal.fire(signals)
        if owesNotice { tellOwner() }
        withExtendedLifetime(owner) {}
    }

    /// Tells the owner what it does not know yet, unless another call is at it.
    private func tellOwner() {
        var isMine = false
        while true {
            let told: (owner: any FlightOwner, notice: Notice)? = state.withLock { state in
                guard isMine || !state.isTelling else { return nil }
                let told = Self.nextNotice(&state)
                isMine = told != nil
                state.isTelling = isMine
                return told
            }
            guard let told else { return }
            switch told.notice {
            case .wantsMore(let wanted): told.owner.flightWantsMore(wanted)
            case .isDeserted: told.owner.flightIsDeserted()
            }
        }
    }

    private static func nextNotice(_ state: inout State) -> (owner: any FlightOwner, notice: Notice)? {
        guard let owner = state.owner else { return nil }
        if state.machine.wantsMore != state.toldWantsMore {
            state.toldWantsMore = state.machine.wantsMore
            return (owner, .wantsMore(state.toldWantsMore))
        }
        guard state.owesDesertion else { return nil }
        state.owesDesertion = false
        // Somebody has joined a flight that outlives its readers.
        guard state.machine.isDeserted else { return nil }
        if !state.machine.outlivesReaders { state.owner = nil }
        return (owner, .isDeserted)
    }
}
