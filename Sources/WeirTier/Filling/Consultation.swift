package import NIOCore
package import WeirCache
package import WeirHTTP
import WeirRedis

/// One request's looking into the second tier: drives a ``ConsultationMachine`` over Redis. Lives on one event loop, until
/// it is over or cancelled.
package final class Consultation {
    /// What is done about the lock where nothing of use is stored.
    package enum Locking {
        /// It is not asked for: this request waits for nobody, and nobody for its fetch.
        case never
        /// Taken; where another sidecar has it, what that one fetches is waited for, so long.
        case waiting(TimeAmount)
        /// Taken; where another sidecar has it, the fetch is left to that one.
        case leaving
    }

    /// What is asked for, and how much it may cost.
    package struct Request {
        package var key: CacheKey
        /// The client's, by which `Vary` selects.
        package var fields: FieldSection
        package var locking: Locking
        /// Whether a stored answer can be used as it is.
        package var isUsable: (StoredResponse) -> Bool

        package init(
            key: CacheKey,
            fields: FieldSection,
            locking: Locking,
            isUsable: @escaping (StoredResponse) -> Bool
        ) {
            self.key = key
            self.fields = fields
            self.locking = locking
            self.isUsable = isUsable
        }
    }

    package enum Outcome {
        case answer(StoredResponse)
        /// Nothing of use.
        /// - Parameters:
        ///   - stale: what is stored and may be validated, or stand in when the upstream fails.
        ///   - fill: the lock, where this sidecar has it.
        case fetch(stale: StoredResponse?, fill: Fill?)
        /// Another sidecar fetches it.
        case left
    }

    private let request: Request
    private let tier: Tier
    private let eventLoop: any EventLoop
    private var machine: ConsultationMachine
    private var completion: ((Outcome) -> Void)?
    private var found: StoredResponse?
    /// When Redis has had its time for the step that is under way.
    private var deadline = NIODeadline.distantFuture
    private var heartbeat: RepeatedTask?
    private var waitEnd = NIODeadline.distantFuture
    private var isHeartbeatOut = false
    private var ticket: FillBoard.Ticket?

    init(_ request: Request, tier: Tier, on eventLoop: any EventLoop, completion: @escaping (Outcome) -> Void) {
        self.request = request
        self.tier = tier
        self.eventLoop = eventLoop
        self.completion = completion
        let (mayLock, mayWait) =
            switch request.locking {
            case .never: (false, false)
            case .waiting: (true, true)
            case .leaving: (true, false)
            }
        machine = ConsultationMachine(mayLock: mayLock && tier.settings.lock > .zero, mayWait: mayWait)
    }

    func start() {
        deadline = .now() + tier.settings.patience
        look()
    }

    /// Nobody wants to know any more.
    package func cancel() {
        completion = nil
        stopWaiting()
        if case .fetch(let token?) = machine.gaveUp() {
            Fill(key: request.key, token: token, tier: tier, eventLoop: eventLoop).giveUp()
        }
    }

    // MARK: Steps

    private func perform(_ action: ConsultationMachine.Action?) {
        switch action {
        case nil: break
        case .look?:
            stopWaiting()
            deadline = .now() + tier.settings.patience
            look()
        case .lock?: lock()
        case .wait?: wait()
        case .answer?:
            guard let found else { preconditionFailure("Cannot answer with nothing found") }
            tier.counts.add(.hit)
            finish(.answer(found))
        case .fetch(let token)?:
            let fill = token.map { Fill(key: request.key, token: $0, tier: tier, eventLoop: eventLoop) }
            if fill != nil { tier.counts.add(.locked) }
            tier.counts.add(.miss)
            finish(.fetch(stale: found, fill: fill))
        case .leave?:
            tier.counts.add(.left)
            finish(.left)
        }
    }

    private func finish(_ outcome: Outcome) {
        stopWaiting()
        guard let completion else {
            if case .fetch(_, let fill?) = outcome { fill.giveUp() }
            return
        }
        self.completion = nil
        completion(outcome)
    }

    private func look() {
        tier.look(request, until: deadline, on: eventLoop) { [self] result in
            guard completion != nil else { return }
            switch result {
            case .success(let looked):
                found = looked.response ?? found
                perform(machine.looked(isUsable: looked.isUsable, written: looked.written))
            case .failure:
                perform(machine.gaveUp())
            }
        }
    }

    private func lock() {
        tier.lock(request.key, until: deadline, on: eventLoop) { [self] result in
            guard completion != nil else {
                if case .success(.mine(let token, _)) = result {
                    Fill(key: request.key, token: token, tier: tier, eventLoop: eventLoop).giveUp()
                }
                return
            }
            switch result {
            case .success(.mine(let token, let written)): perform(machine.locked(token: token, written: written))
            case .success(.others): perform(machine.foundLocked())
            case .failure: perform(machine.gaveUp())
            }
        }
    }

    // MARK: Waiting

    /// How often it is seen to that the other's lock still stands: what a Redis that fails costs those who wait.
    private static let interval = TimeAmount.milliseconds(10)

    private func wait() {
        tier.counts.add(.waited)
        if waitEnd == .distantFuture, case .waiting(let limit) = request.locking { waitEnd = .now() + limit }
        let loopBound = NIOLoopBound(self, eventLoop: eventLoop)
        ticket = tier.board.wait(for: request.key) { [eventLoop] outcome in
            eventLoop.execute {
                let consultation = loopBound.value
                consultation.perform(consultation.machine.heard(outcome))
            }
        }
        heartbeat = eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: Self.interval) { _ in
            loopBound.value.beat()
        }
    }

    private func beat() {
        let now = NIODeadline.now()
        if now >= waitEnd { return perform(machine.gaveUp()) }
        guard !isHeartbeatOut else { return }
        isHeartbeatOut = true
        tier.isLocked(request.key, until: now + tier.settings.patience, on: eventLoop) { [self] result in
            isHeartbeatOut = false
            guard completion != nil else { return }
            switch result {
            case .success(true): break
            case .success(false): perform(machine.foundUnlocked())
            case .failure: perform(machine.gaveUp())
            }
        }
    }

    private func stopWaiting() {
        heartbeat?.cancel()
        heartbeat = nil
        if let ticket { tier.board.leave(ticket) }
        ticket = nil
    }
}

@available(*, unavailable)
extension Consultation: Sendable {}
