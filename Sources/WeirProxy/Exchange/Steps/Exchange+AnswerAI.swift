import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI

extension Exchange {
    /// One entry serves streamed and unstreamed requests alike.
    func answerAI(_ stored: StoredResponse) -> Step {
        guard let request = aiRequest else { preconditionFailure("Cannot answer as AI what was not read as AI") }
        let received = stored.received
        if received.form.isEventStream == request.wantsStream {
            receivedFree(stored)
            sendSameKind(stored, received: received, request: request)
            return .wait
        }
        let converted =
            request.wantsStream
            ? StreamReplayer.replay(received.body, endpoint: endpoint, includeUsage: request.wantsUsage)
            : StreamAssembler.assemble(received.body, endpoint: endpoint)
        guard let converted else { return seekOwnKind(besides: stored, request) }
        receivedFree(stored)
        send(tailored(converted, of: stored, request) ?? makeRepresentation(converted, of: stored, request), of: stored)
        return .wait
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

    func sendSameKind(_ stored: StoredResponse, received: Representation, request: AIRequest) {
        if let tailored = tailored(received.body, of: stored, request) { return send(tailored, of: stored) }
        if received.form.isEventStream { return send(received, of: stored) }
        let form = preferredForm(stored)
        if stored.representation(form) == nil { makeBehind(stored, form) }
        send(readyForm(stored, preferring: form) ?? received, of: stored)
    }

    /// - Parameter body: of the kind that the request wants.
    /// - Returns: nil where it is this client's as it is.
    private func tailored(_ body: ByteBuffer, of stored: StoredResponse, _ request: AIRequest) -> Representation? {
        let repeats = request.echoed.isEmpty ? false : AnswerNote(stored.note)?.repeats ?? true
        guard
            var tailor = AnswerTailor(
                for: request,
                endpoint: endpoint,
                isEventStream: request.wantsStream,
                repeats: repeats
            )
        else { return nil }
        return makeRepresentation(tailor.tailor(body), of: stored, request)
    }

    func makeRepresentation(
        _ body: ByteBuffer,
        of stored: StoredResponse,
        _ request: AIRequest
    ) -> Representation {
        var fields = stored.fields
        fields.set(
            .contentType,
            request.wantsStream ? "text/event-stream; charset=utf-8" : "application/json"
        )
        return RepresentationBuilder(status: stored.status, fields: fields, variesByCoding: false)
            .make(Representation.Form(isEventStream: request.wantsStream), body: body, etag: nil)
    }
}
