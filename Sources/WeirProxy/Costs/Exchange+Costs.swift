import NIOCore
import WeirCache
import WeirHTTP
import WeirLedger
import WeirOpenAI

/// What a request's upstream calls cost, and who pays: the one who has them made. What is stored, and what comes with
/// somebody else's call, is free.
extension Exchange {
    /// Whether its upstream calls cost tokens.
    var usesTokens: Bool { head.method == .post && endpoint.isKeyedByBody }

    /// Whether the body has to be read before it is forwarded, to know what the call may use.
    var isAllotted: Bool { route?.allowances != nil && usesTokens }

    // MARK: Calls

    /// The account of a call that is about to be made.
    /// - Parameter body: what the upstream is asked, where that is not what the client has sent.
    func openAccount(payer: AllowanceClaim.Payer = .client, body asked: ByteBuffer? = nil) -> CallAccount.Opening {
        guard let route else { preconditionFailure("Cannot account for a call without a route") }
        let request = identity
        let claim = CallClaim(
            payer: payer,
            user: request.user,
            persona: request.persona,
            credential: credential,
            model: request.model,
            endpoint: endpoint,
            body: asked ?? (aiRequest == nil ? nil : body.collected),
            length: asked?.readableBytes ?? head.framing.knownLength ?? body.receivedCount
        )
        let opening = CallAccount.open(claim, route: route, prices: generation.settings.prices, worker: worker)
        if case .refused(let refusal) = opening { worker.metrics.routes[route.slot].recordRefusal(refusal) }
        return opening
    }

    /// Who asks, and for whom; where the body was not read, as far as the fields tell.
    private var identity: AIRequest {
        aiRequest
            ?? AIRequest.read(
                ByteBuffer(),
                endpoint: endpoint,
                fields: head.fields,
                settings: route?.persona ?? generation.settings.persona,
                claims: claims
            )
    }

    private var credential: UInt64? {
        route.flatMap { TenantFields(head: head, route: $0).credential }
    }

    /// This request's own call is over, or is given up.
    func closeAccount() -> CallBill? {
        account?.close(meter?.soFar, isEventStream: meter?.isEventStream ?? false)
    }

    // MARK: Answers

    /// Whether the answer's head waits for what it cost.
    private func isHeld(_ upstream: ResponseHead) -> Bool {
        guard aiRequest != nil, (200..<300).contains(upstream.status), !upstream.isEventStream,
            !upstream.fields.contains(.contentEncoding)
        else { return false }
        return upstream.framing.knownLength ?? 0 <= generation.settings.cache.maxObject
    }

    /// Begins an answer of the upstream's, or holds it until it is whole.
    /// - Parameter account: counts what is held; nil where that is counted already.
    func startAnswer(_ upstream: ResponseHead, mayDecode: Bool, account: BufferAccount?) {
        guard isHeld(upstream) else { return startResponse(upstream, mayDecode: mayDecode) }
        held = HeldAnswer(
            upstream,
            mayDecode: mayDecode,
            limit: generation.settings.cache.maxObject,
            account: account
        )
    }

    func continueAnswer(_ chunk: ByteBuffer) {
        guard let held else { return sendBody(chunk) }
        guard !held.append(chunk) else { return }
        self.held = nil
        startResponse(held.head, mayDecode: held.mayDecode)
        for piece in held.pieces where !isFinished { sendBody(piece) }
    }

    func endAnswer(trailers: FieldSection) {
        guard let held else { return endResponse(trailers: trailers) }
        self.held = nil
        startResponse(held.head, mayDecode: held.mayDecode)
        response.trailers = trailers
        source = .stored(StoredBody(segments: held.pieces))
        pumpStored()
    }

    /// What its call has used is told at the end of a flight.
    func receivedCosts(_ note: AnswerNote?, isLeader: Bool) {
        guard isLeader else { return save(note) }
        response.costs.cost = note.flatMap { note in
            note.usage.flatMap { generation.settings.prices.cost(of: $0, model: note.model) }
        }
    }

    /// The answer is from the store.
    func receivedFree(_ note: AnswerNote?) {
        response.costs.cost = .zero
        save(note)
    }

    /// The answer is somebody else's call's, or from the store.
    func save(_ note: AnswerNote?) {
        guard let aiRequest, let route, let note, let usage = note.usage else { return }
        let cost = generation.settings.prices.cost(of: usage, model: note.model)
        response.costs.saved = cost
        worker.metrics.spending.save(
            Spending.Entry(
                route: route.name,
                model: note.model,
                user: aiRequest.user,
                persona: aiRequest.persona,
                usage: usage,
                cost: cost
            )
        )
    }

    // MARK: Fields

    /// What the head of an AI answer says of costs and limits; nil where it says nothing of them.
    func takeCostFields(status: UInt16) -> FieldSection? {
        guard aiRequest != nil, (200..<300).contains(status) else { return nil }
        var fields = FieldSection()
        response.costs.take(into: &fields)
        if let levels = rateLevels { RateFields.append(levels, to: &fields) }
        return fields
    }

    /// Where the limits stand that the request is measured by; nil where the route has none.
    var rateLevels: RateLevels? {
        guard let route, route.settings.rateLimit != nil, let allowances = route.allowances else { return nil }
        return allowances.levels(user: identity.user, credential: credential, at: shared.clocks.moment)
    }
}

extension ResponseHead {
    /// Weir's own word in place of the upstream's.
    mutating func replaceCosts(by fields: FieldSection, hasLimits: Bool) {
        for name in ToldCosts.names + (hasLimits ? RateFields.names : []) { self.fields.removeAll(named: name) }
        for line in fields.lines { self.fields.append(line, of: fields) }
    }
}
