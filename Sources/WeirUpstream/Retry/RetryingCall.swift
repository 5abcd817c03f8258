import NIOCore
import Synchronization
import WeirHTTP

/// One call of a caller's, which may take several tries: does what a ``RetryMachine`` says, as far as the upstream's
/// budget and breaker allow, and tells the cool-downs of every 429.
///
///     trying ─┬─▶ passing ─▶ over                      an answer for the caller
///       ▲     ├─▶ holding ─┬─▶ passing                 429, 503 …: held until it can be judged
///       │     └─▶ waiting ◀┘                           nothing came of it
///       └───────────┘
///
/// Stands above the breaker, so that every try is asked for, counted and told of. The caller sees one call: it can pause,
/// send and cancel at any time, between two tries as well. Lives on its event loop.
final class RetryingCall: UpstreamCall, UpstreamResponseHandler {
    private enum Phase {
        case trying
        case holding(HeldAnswer)
        /// Until the next try. Where that is because the answer asks for it, the answer is kept: it passes after all
        /// if the try may not be made then.
        case waiting(Scheduled<Void>, instead: HeldAnswer?)
        case passing
        case over
    }

    private let upstream: Upstream
    private let service: Service
    private let usesBreaker: Bool
    private let paceWait: TimeAmount
    private let eventLoop: any EventLoop
    private let deadline: NIODeadline
    private var request: UpstreamRequest
    private var machine: RetryMachine
    private var replay: RequestReplay
    private var handler: (any UpstreamResponseHandler)?
    private var inner: (any UpstreamCall)?
    private var phase = Phase.trying
    /// A place in the budget is taken.
    private var isRetryUnderWay = false
    private var isReadingWanted = true
    /// The try takes more of the request's body.
    private var isInnerWanting = true
    private var isBodyWantedTold = true

    /// - Parameters:
    ///   - patience: the longest `Retry-After` that is waited for.
    ///   - paceWait: how long a try may wait for room within the upstream's limits.
    init(
        _ upstream: Upstream,
        _ request: UpstreamRequest,
        _ service: Service,
        usesBreaker: Bool,
        patience: TimeAmount,
        paceWait: TimeAmount,
        on eventLoop: any EventLoop,
        handler: any UpstreamResponseHandler
    ) {
        let settings = upstream.settings.retry
        self.upstream = upstream
        self.service = service
        self.usesBreaker = usesBreaker
        self.paceWait = paceWait
        self.eventLoop = eventLoop
        self.request = request
        self.request.tried = settings.attempts > 1 && !upstream.settings.otherURLs.isEmpty ? TriedAddresses() : nil
        self.handler = handler
        deadline = eventLoop.now + request.timeouts.total
        machine = RetryMachine(
            settings: settings,
            isIdempotent: request.isIdempotent,
            deadline: deadline,
            patience: patience
        )
        let mayRepeat = settings.attempts > 1 || request.isIdempotent
        replay = RequestReplay(request.body, limit: mayRepeat ? settings.maxBody : 0)
    }

    func start() {
        upstream.budget.withLock { $0.beginCall() }
        inner = makeTry()
    }

    private func makeTry() -> any UpstreamCall {
        upstream.attempt(
            request,
            service: service,
            usesBreaker: usesBreaker,
            paceWait: paceWait,
            on: eventLoop,
            handler: self
        )
    }

    // MARK: The caller's side

    func send(body: ByteBuffer) {
        guard handler != nil else { return }
        guard case .waiting = phase else {
            replay.append(body, isHeld: false)
            inner?.send(body: body)
            return
        }
        replay.append(body, isHeld: true)
    }

    func sendEnd() {
        replay.end()
        inner?.sendEnd()
    }

    var waitingBody: Int? {
        if case .waiting = phase { replay.heldBytes } else { inner?.waitingBody }
    }

    func setReading(_ wanted: Bool) {
        isReadingWanted = wanted
        inner?.setReading(wanted)
    }

    func cancel() {
        guard handler != nil else { return }
        if case .waiting(let timer, let answer) = phase {
            timer.cancel()
            if answer != nil {
                upstream.budget.withLock { $0.endWait() }
                upstream.countRetry(.cancelled)
            }
        }
        let inner = inner
        settleRetry(.cancelled)
        finish()
        inner?.cancel()
    }

    // MARK: The try's side

    /// No answer: there may be any number of them before one (RFC 9110 §15.2), of a try that fails as well.
    func received(informational head: ResponseHead) { handler?.received(informational: head) }

    func received(head: ResponseHead) {
        if head.status == 429 || machine.isWorthHolding(status: head.status) {
            phase = .holding(HeldAnswer(head))
            return
        }
        if head.status < 500 { upstream.coolDowns.succeeded(service, request.fields, now: eventLoop.now) }
        settleRetry(machine.isWorthRetry(head.status) ? .failure : .success)
        beginPassing()
        handler?.received(head: head)
    }

    func received(body: ByteBuffer) {
        guard case .holding(var held) = phase else {
            handler?.received(body: body)
            return
        }
        phase = .trying
        held.append(body)
        if held.isOverflowing { judge(held) } else { phase = .holding(held) }
    }

    func receivedBurst() { if case .passing = phase { handler?.receivedBurst() } }

    func receivedEnd(trailers: FieldSection) {
        guard case .holding(var held) = phase else {
            finish()?.receivedEnd(trailers: trailers)
            return
        }
        held.end = .whole(trailers: trailers)
        judge(held)
    }

    func received(switching head: ResponseHead, to tunnel: any UpstreamTunnel) {
        upstream.coolDowns.succeeded(service, request.fields, now: eventLoop.now)
        settleRetry(.success)
        finish()?.received(switching: head, to: tunnel)
    }

    func failed(_ error: UpstreamError) {
        if case .holding(var held) = phase {
            held.end = .failed(error)
            return judge(held)
        }
        let now = eventLoop.now
        let verdict = machine.failed(error, canReplay: replay.isWhole, now: now, jitter: .random(in: 0..<1))
        if verdict == .renew, !isBreakerRefusing(now: now) { return renew() }
        settleRetry(.failure)
        if let wait = allowed(verdict, now: now) { return tryAgain(after: wait) }
        finish()?.failed(error)
    }

    func requestBodyWanted(_ wanted: Bool) {
        isInnerWanting = wanted
        tellBodyWanted()
    }

    private func tellBodyWanted() {
        var wanted = isInnerWanting
        if case .waiting = phase { wanted = false }
        guard wanted != isBodyWantedTold else { return }
        isBodyWantedTold = wanted
        handler?.requestBodyWanted(wanted)
    }

    // MARK: Answers held back

    /// Decides on an answer that has come whole, has broken off, or is too large to be held.
    private func judge(_ held: HeldAnswer) {
        let now = eventLoop.now
        let isSpent = held.head.status == 429 && SpentQuota.isNamed(in: held.body, held.head.fields)
        var pause = RetryAfter.read(held.head.fields)
        if held.head.status == 429, usesBreaker, !isSpent {
            let told = upstream.coolDowns.throttled(service, request.fields, retryAfter: pause, now: now)
            if let told { pause = max(told, pause ?? .zero) }
        }
        let saysNo = held.head.fields.first(.xShouldRetry).map { ASCII.equalIgnoringCase($0, "false") } ?? false
        let verdict = machine.answered(
            status: held.head.status,
            pause: pause,
            isRefused: isSpent || saysNo,
            canReplay: replay.isWhole,
            now: now,
            jitter: .random(in: 0..<1)
        )
        settleRetry(.failure)
        if case .retry(after: let wait) = verdict, let pause, pause > .zero {
            if mayWait(behind: held, now: now) { return tryAgain(after: wait, instead: held) }
        } else if let wait = allowed(verdict, now: now) {
            return tryAgain(after: wait)
        }
        pass(held, isExhausted: verdict == .pass(.exhausted) && machine.isRetry)
    }

    /// - Parameter isExhausted: Weir has tried as often as it may; the client is told not to go on (its own retries
    ///   would multiply these).
    private func pass(_ held: HeldAnswer, isExhausted: Bool) {
        beginPassing()
        var head = held.head
        if isExhausted { head.fields.set(.xShouldRetry, "false") }
        handler?.received(head: head)
        if held.body.readableBytes > 0 { handler?.received(body: held.body) }
        switch held.end {
        case nil: handler?.receivedBurst()
        case .whole(let trailers): finish()?.receivedEnd(trailers: trailers)
        case .failed(let error): finish()?.failed(error)
        }
    }

    // MARK: Tries

    /// How long to wait for the next try; nil where there is none.
    private func allowed(_ verdict: RetryMachine.Verdict, now: NIODeadline) -> TimeAmount? {
        switch verdict {
        case .pass(.final), .pass(.exhausted), .renew: break
        case .pass(.tooLong): upstream.countRetry(.tooLong)
        case .pass(.bodyGone): upstream.countRetry(.bodyGone)
        case .retry(after: let wait): if mayRetry(now: now) { return wait }
        }
        return nil
    }

    /// Takes a place in the budget, if breaker and budget allow.
    private func mayRetry(now: NIODeadline) -> Bool {
        if isBreakerRefusing(now: now) {
            upstream.countRetry(.breakerOpen)
        } else if !upstream.budget.withLock({ $0.beginRetry() }) {
            upstream.countRetry(.overBudget)
        } else {
            isRetryUnderWay = true
        }
        return isRetryUnderWay
    }

    /// Takes a place among those that wait out what an answer asks for, if breaker and budget allow; one for the retry is
    /// asked for when the time is over. The answer has to be at hand then.
    private func mayWait(behind answer: HeldAnswer, now: NIODeadline) -> Bool {
        if isBreakerRefusing(now: now) {
            upstream.countRetry(.breakerOpen)
        } else if answer.end == nil {
            upstream.countRetry(.tooLong)
        } else if !upstream.budget.withLock({ $0.beginWait() }) {
            upstream.countRetry(.overBudget)
        } else {
            return true
        }
        return false
    }

    private func isBreakerRefusing(now: NIODeadline) -> Bool {
        usesBreaker && upstream.breaker(for: service).isRefusing(now: now)
    }

    /// The same try once more, on a new connection.
    private func renew() {
        inner = nil
        request.needsNewConnection = true
        attempt()
        request.needsNewConnection = false
    }

    /// - Parameter answer: passes if the try may not be made when the time has come; nil where it has been allowed.
    private func tryAgain(after wait: TimeAmount, instead answer: HeldAnswer? = nil) {
        machine.retry()
        inner?.cancel()
        inner = nil
        let timer = eventLoop.assumeIsolated().scheduleTask(in: wait) { self.tryNow() }
        phase = .waiting(timer, instead: answer)
        if !replay.isEnded { tellBodyWanted() }
    }

    private func tryNow() {
        guard case .waiting(_, let answer) = phase else { return }
        phase = .trying
        if let answer {
            upstream.budget.withLock { $0.endWait() }
            guard mayRetry(now: eventLoop.now) else { return pass(answer, isExhausted: false) }
        }
        attempt()
    }

    /// Calls for a second time or later, and sends what has been sent before.
    private func attempt() {
        isInnerWanting = true
        request.timeouts.total = max(deadline - eventLoop.now, .milliseconds(1))
        let next = makeTry()
        inner = next
        if !isReadingWanted { next.setReading(false) }
        replay.play(on: next)
        tellBodyWanted()
    }

    private func beginPassing() {
        phase = .passing
        machine.hasDelivered = true
        replay.drop()
    }

    /// The retry that is under way, if one is, has come to this.
    private func settleRetry(_ outcome: RetryOutcome) {
        guard isRetryUnderWay else { return }
        isRetryUnderWay = false
        upstream.budget.withLock { $0.endRetry() }
        upstream.countRetry(outcome)
    }

    /// - Returns: the handler, for its last word.
    @discardableResult
    private func finish() -> (any UpstreamResponseHandler)? {
        guard handler != nil else { return nil }
        phase = .over
        inner = nil
        replay.drop()
        upstream.budget.withLock { $0.endCall() }
        return exchange(&handler, with: nil)
    }
}
