import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI

extension Exchange {
    /// One entry serves streamed and unstreamed requests alike.
    func answerAI(_ stored: StoredResponse) -> Step {
        guard let request = aiRequest else { preconditionFailure("Cannot answer as AI what was not read as AI") }
        let note = AnswerNote(stored.note)
        guard stored.received.form.isEventStream != request.wantsStream else {
            receivedFree(note)
            sendSameKind(stored, note, request)
            return .wait
        }
        guard let other = otherKind(of: stored, request) else { return seekOwnKind(besides: stored, request) }
        receivedFree(note)
        sendOtherKind(other, of: stored, note, request)
        return .wait
    }

    // MARK: The kind that was received

    func sendSameKind(_ stored: StoredResponse, _ note: AnswerNote?, _ request: AIRequest) {
        let received = stored.received
        if received.form.isEventStream { return sendStream(stored, note, request) }
        if var tailor = tailor(note, request) { return send(tailor.tailor(received.body), of: stored, request) }
        let form = preferredForm(stored)
        if stored.representation(form) == nil { makeBehind(stored, form) }
        send(readyForm(stored, preferring: form) ?? received, of: stored)
    }

    /// Its track tells what to leave out of it for this client, so that nothing has to be read.
    private func sendStream(_ stored: StoredResponse, _ note: AnswerNote?, _ request: AIRequest) {
        let received = stored.received
        if let pace = pace(received.body, track: note?.track, note: note) {
            return replay(pace, of: stored, tailor: tailor(note, request))
        }
        var body = received.body
        let shorter = request.lacksUsage(endpoint) ? note?.track?.withoutUsage(body) : nil
        if let shorter { body = shorter }
        var tailor = tailor(note, request, hasUsage: shorter == nil)
        if shorter == nil, tailor == nil { return send(received, of: stored) }
        send(tailor?.tailor(body) ?? body, of: stored, request)
    }

    // MARK: The other kind

    /// It is made once, and kept beside the one that was received.
    /// - Returns: nil where something would be lost.
    private func otherKind(of stored: StoredResponse, _ request: AIRequest) -> Representation? {
        let hasUsage = endpoint.hasUsageOption && request.wantsStream && request.wantsUsage
        let form = Representation.Form(isEventStream: request.wantsStream, hasUsage: hasUsage)
        if let kept = stored.representation(form) { return kept }
        let received = stored.received.body
        let body =
            request.wantsStream
            ? StreamReplayer.replay(received, endpoint: endpoint, includeUsage: hasUsage)
            : StreamAssembler.assemble(received, endpoint: endpoint)
        guard let body else { return nil }
        let made = makeRepresentation(form, body, of: stored)
        // Where another form has come first, who comes next makes this one again.
        _ = shared.store.replace(stored, with: stored.adding(made), now: worker.recently)
        return made
    }

    private func sendOtherKind(
        _ other: Representation,
        of stored: StoredResponse,
        _ note: AnswerNote?,
        _ request: AIRequest
    ) {
        var tailor = tailor(note, request, hasUsage: false)
        if request.wantsStream, let pace = pace(other.body, track: nil, note: note) {
            return replay(pace, of: stored, tailor: tailor)
        }
        guard let body = tailor?.tailor(other.body) else { return send(other, of: stored) }
        send(body, of: stored, request)
    }

    /// What cannot be converted without loss serves only requests of its own kind: the other kind has a key of its own.
    private func seekOwnKind(besides stored: StoredResponse, _ request: AIRequest) -> Step {
        let hasLookedBefore = unusable != nil
        unusable = stored
        outcome = .miss
        cacheStatus = CacheStatus()
        cacheStatus.forward = .miss
        guard let key, !hasLookedBefore else { return .fetch(joins: true) }
        self.key = PersonaKey.ofKind(key, isStream: request.wantsStream, builder: worker.keyBuilder)
        return .lookup
    }

    // MARK: This client's own

    /// - Parameter hasUsage: whether what only Weir asked for may be in it.
    /// - Returns: nil where it is this client's as it is.
    private func tailor(_ note: AnswerNote?, _ request: AIRequest, hasUsage: Bool = true) -> AnswerTailor? {
        AnswerTailor(
            for: request,
            endpoint: endpoint,
            isEventStream: request.wantsStream,
            repeats: note?.repeats ?? true,
            hasUsage: hasUsage
        )
    }

    /// - Parameter body: of the kind that the request wants.
    func send(_ body: ByteBuffer, of stored: StoredResponse, _ request: AIRequest) {
        let form = Representation.Form(isEventStream: request.wantsStream)
        send(makeRepresentation(form, body, of: stored), of: stored)
    }

    private func makeRepresentation(
        _ form: Representation.Form,
        _ body: ByteBuffer,
        of stored: StoredResponse
    ) -> Representation {
        var fields = stored.fields
        fields.set(.contentType, Self.contentType(isEventStream: form.isEventStream))
        return RepresentationBuilder(status: stored.status, fields: fields, variesByCoding: false)
            .make(form, body: body, etag: nil)
    }

    static func contentType(isEventStream: Bool) -> String {
        isEventStream ? "text/event-stream; charset=utf-8" : "application/json"
    }
}
