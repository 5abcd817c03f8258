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
            sendSameKind(stored, received: received, request: request)
            return .wait
        }
        let converted =
            request.wantsStream
            ? StreamReplayer.replay(received.body, endpoint: endpoint, includeUsage: request.wantsUsage)
            : StreamAssembler.assemble(received.body, endpoint: endpoint)
        guard let converted else { return seekOwnKind(besides: stored, request) }
        send(makeRepresentation(converted, of: stored, isEventStream: request.wantsStream), of: stored)
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
        self.key = makeKeyOfKind(key, isStream: request.wantsStream)
        return .lookup
    }

    private func sendSameKind(_ stored: StoredResponse, received: Representation, request: AIRequest) {
        if received.form.isEventStream {
            guard var stripper = usageStripper(isEventStream: true) else { return send(received, of: stored) }
            var body = stripper.filter(received.body)
            body.writeImmutableBuffer(stripper.finish())
            return send(makeRepresentation(body, of: stored, isEventStream: true), of: stored)
        }
        let form = preferredForm(stored)
        if stored.representation(form) == nil { makeBehind(stored, form) }
        send(readyForm(stored, preferring: form) ?? received, of: stored)
    }

    private func makeRepresentation(
        _ body: ByteBuffer,
        of stored: StoredResponse,
        isEventStream: Bool
    ) -> Representation {
        var fields = stored.fields
        fields.set(.contentType, isEventStream ? "text/event-stream; charset=utf-8" : "application/json")
        return RepresentationBuilder(status: stored.status, fields: fields, variesByCoding: false)
            .make(Representation.Form(isEventStream: isEventStream), body: body, etag: nil)
    }

    /// What Weir asked for and this client did not.
    func usageStripper(for upstream: ResponseHead) -> UsageStripper? {
        let type = upstream.fields.first(.contentType)
        return usageStripper(isEventStream: type?.starts(with: "text/event-stream".utf8) ?? false)
    }

    private func usageStripper(isEventStream: Bool) -> UsageStripper? {
        guard isEventStream, let request = aiRequest, request.wantsStream, !request.wantsUsage else { return nil }
        return endpoint == .chatCompletions || endpoint == .completions ? UsageStripper() : nil
    }
}
