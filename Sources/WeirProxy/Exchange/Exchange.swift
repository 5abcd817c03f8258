import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirTier
import WeirUpstream

/// One request and its response.
///
/// ``Step`` names the stations in order; each is a function in a file of its own under `Steps/` that returns the next
/// one, or `.wait` until an event comes: a piece of the request, of a flight, of an upstream call, or the client
/// taking bytes again. Lives on its stream's event loop.
final class Exchange {
    let head: RequestHead
    unowned let stream: any ClientStream
    let worker: Worker
    /// To the end of this request, whatever is reloaded meanwhile.
    let generation: Generation
    let startedAt: NIODeadline
    let requestID: ByteBufferView
    private(set) lazy var endpoint = APIEndpoint(path: head.path)

    // What the steps find out.
    var route: Route?
    /// What its token says, where the route reads one.
    var claims: TokenClaims?
    var plan = CachePlan.bypass(.bypass, detail: nil)
    var aiRequest: AIRequest?
    var key: CacheKey?
    /// What finds all entries of the URL, where it has several.
    var urlTag: String?
    var stale: StoredResponse?
    /// Stored under the key, but not to be turned into what this request wants.
    var unusable: StoredResponse?
    var cacheStatus = CacheStatus()
    var outcome = CacheOutcome.bypass
    /// The second tier has been asked.
    var hasConsulted = false
    /// It has left a flight that had no answer in time, and stays with the one that it has joined then.
    var hasLeftFlight = false

    /// Of a request for several items, until all are there.
    var gathering: Gathering?

    /// Of a HEAD that may freshen what is stored, from when the upstream was asked.
    var place: FetchPlace?

    // The request's body.
    var body = RequestBody()

    // The response on its way to the client.
    var source = ResponseSource.none
    var response = ClientResponse()
    /// Of a call for this request alone.
    var account: CallAccount?
    /// Reads what it used.
    var meter: AnswerRecorder?
    /// The answer, as far as it has come, while its head waits for what it cost.
    var held: HeldAnswer?
    /// Its upstream was asked for the usage of its stream, and not by its client.
    var asksForUsage = false
    /// 1xx that the client has had.
    var hintCount = 0
    private(set) var isFinished = false

    init(head: RequestHead, stream: any ClientStream, worker: Worker) {
        self.head = head
        self.stream = stream
        self.worker = worker
        generation = worker.generation
        startedAt = worker.now()
        requestID = Self.acceptedRequestID(head.fields) ?? worker.requestIDs.next()
    }

    /// The client's id if it is short and plain enough to be repeated and logged.
    private static func acceptedRequestID(_ fields: FieldSection) -> ByteBufferView? {
        guard let id = fields.first(.xRequestId), (1...128).contains(id.count),
            id.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return id
    }

    var shared: SharedState { worker.shared }

    // MARK: The steps

    func begin() { run(from: .admit) }

    func run(from first: Step) {
        var step = first
        while true {
            switch step {
            case .admit: step = admit()
            case .route: step = findRoute()
            case .receive: step = receive()
            case .identify: step = identify()
            case .lookup: step = lookUp()
            case .consult: step = consult()
            case .fetch(let joins): step = fetch(joins: joins)
            case .gather: step = gather()
            case .forward: step = forward()
            case .answer(let stored): step = answer(stored)
            case .refuse(let error): step = refuse(error)
            case .wait: return
            }
        }
    }

    // MARK: Events of the client

    var wantsBody: Bool { body.isWanted }

    /// Bytes of the body that were received, are not counted as a body that is read whole, and wait for a connection to
    /// the upstream; nil once one has some of them.
    var waitingBody: Int? {
        guard case .call(let call) = source else { return 0 }
        return body.receivedCount > 0 && !body.isCollected ? call.waitingBody : 0
    }

    var hasStartedResponse: Bool { response.hasStarted }

    func receivedRequest(body bytes: ByteBuffer) {
        body.receivedCount += bytes.readableBytes
        if let limit = body.limit, body.receivedCount > limit { return run(from: .refuse(.bodyTooLarge(limit: limit))) }
        switch source {
        case .call(let call): call.send(body: bytes)
        case .none where body.isCollected: collect(bytes)
        case .none, .consultation, .flight, .gathering, .stored, .paced: break
        }
    }

    private func collect(_ bytes: ByteBuffer) {
        guard body.collect(bytes) else { return run(from: .refuse(.memoryFull)) }
        guard body.receivedCount > body.collectedLimit else { return }
        body.endCollecting()
        run(from: passTooLong())
    }

    func receivedRequestEnd() {
        body.isWhole = true
        switch source {
        case .call(let call): if !body.isCollected { call.sendEnd() }
        case .none where body.isCollected: run(from: plan == .persona || isAllotted ? .identify : .forward)
        case .none, .consultation, .flight, .gathering, .stored, .paced: break
        }
    }

    func clientWritable(_ isWritable: Bool) {
        if isWritable, isDecodingHeldUp {
            sendDecoded()
            if !isFinished { flushResponse() }
        }
        switch source {
        case .call(let call): call.setReading(isWritable && !isDecodingHeldUp)
        case .flight: if isWritable { pumpFlight() }
        case .stored: if isWritable { pumpStored() }
        case .paced: if isWritable { pumpPaced() }
        case .none, .consultation, .gathering: break
        }
    }

    /// The rest of this request is not HTTP: nobody can tell where it ends.
    func requestBroken(_ error: MessageError) { run(from: .refuse(.badMessage(error))) }

    func requestTimedOut() { run(from: .refuse(.requestTimeout)) }

    /// What has come of the body waits for an upstream, and there is no memory for it.
    func memoryExhausted() { run(from: .refuse(.memoryFull)) }

    func drainEnded() { run(from: .refuse(.upstream(.draining, name: route?.upstream.name ?? ""))) }

    /// The connection is gone: nobody reads on.
    func clientLeft() {
        guard !isFinished else { return }
        isFinished = true
        leaveSource()
        if response.isComplete, !stream.isHeadHeld {
            record()
        } else if let route {
            worker.metrics.routes[route.slot].recordAborted(outcome: outcome)
        }
    }

    func leaveSource() {
        switch source {
        case .call(let call):
            call.cancel()
            _ = closeAccount()
        case .flight(let reader): reader.leave()
        case .consultation(let consultation): consultation.cancel()
        case .paced(let replay): replay.cancel()
        case .gathering(let gathering): gathering.leave()
        case .stored, .none: break
        }
        source = .none
    }

    // MARK: The end

    /// The response's last byte is written.
    func finish() {
        guard !isFinished else { return }
        isFinished = true
        record()
        stream.finish(keepsAlive: response.keepsAlive)
    }

    /// The connection speaks another protocol from here on.
    func handOver(head: ByteBuffer, to tunnel: any UpstreamTunnel) {
        guard !isFinished else { return tunnel.reset() }
        isFinished = true
        record()
        stream.switchProtocols(head: head, to: tunnel)
    }

    /// What was sent cannot be made whole: the client must be able to tell.
    func breakOff() {
        leaveSource()
        stream.abort()
    }

    private func record() {
        guard let route else {
            // `OPTIONS *` has no route either.
            if response.status >= 400 { worker.metrics.requestsRefused += 1 }
            return
        }
        countPopular(route)
        let elapsed = max(0, (shared.clocks.monotonic() - startedAt).nanoseconds / 1000)
        worker.metrics.routes[route.slot].record(
            status: response.status,
            outcome: outcome,
            microseconds: UInt64(elapsed),
            bytes: response.bytes
        )
    }
}
