import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI

extension Exchange {
    func answer(_ stored: StoredResponse) -> Step {
        if aiRequest != nil { return answerAI(stored) }
        let form = preferredForm(stored)
        if head.fields.contains(.range), let step = answerRange(stored, preferring: form) { return step }
        if let representation = stored.representation(form) {
            send(representation, of: stored)
        } else {
            answerUnready(stored, form)
        }
        return .wait
    }

    /// What this client would like best of what Weir could make of it.
    func preferredForm(_ stored: StoredResponse) -> Representation.Form {
        let received = stored.received.form
        guard stored.variesByCoding else { return received }
        guard received.coding == .identity else {
            let coding = AcceptEncoding.preferred(head.fields, among: [received.coding, .identity])
            return Representation.Form(coding: coding ?? .identity)
        }
        if head.forbidsTransforming { return received }
        return Representation.Form(coding: generation.settings.compression.preferred(head.fields) ?? .identity)
    }

    /// What this client would like best of what is there.
    func readyForm(_ stored: StoredResponse, preferring form: Representation.Form) -> Representation? {
        if let preferred = stored.representation(form) { return preferred }
        let there = stored.representations.map(\.form.coding)
        return AcceptEncoding.preferred(head.fields, among: there).flatMap {
            stored.representation(Representation.Form(coding: $0))
        }
    }

    /// Has the form made for those who come later.
    func makeBehind(_ stored: StoredResponse, _ form: Representation.Form) {
        let compression = generation.settings.compression
        BackgroundCompression.begin(stored, form.coding, settings: compression, shared: shared)
    }

    // MARK: A form that is ready

    func send(_ representation: Representation, of stored: StoredResponse) {
        if isUnmodified(representation, of: stored) { return sendNotModified(representation, of: stored) }
        let length = representation.bodyLength
        let isPacked = length <= Representation.packedBody
        begin(
            stored,
            status: stored.status,
            framing: .length(UInt64(length)),
            capacity: representation.headLength + (isPacked ? length : 0)
        ) { representation.writeHead(into: &$0) }
        guard head.method != .head else { return finish() }
        if isPacked {
            sendBody(of: representation)
            return finish()
        }
        source = .stored(StoredBody(representation.body))
        pumpStored()
    }

    /// Writes as much of the stored body as the client takes.
    func pumpStored() {
        while case .stored(var rest) = source, stream.isWritable, !isDecodingHeldUp {
            if let piece = rest.next() { sendBody(piece) }
            // What cannot be decoded ends it otherwise.
            guard !isFinished, case .stored = source else { return }
            if rest.isEmpty { return endResponse(trailers: response.trailers ?? FieldSection()) }
            source = .stored(rest)
            stream.flush()
        }
    }

    private func sendNotModified(_ representation: Representation, of stored: StoredResponse) {
        begin(stored, status: 304, framing: .noBody(length: nil), capacity: representation.headLength) {
            representation.writeNotModifiedHead(into: &$0)
        }
        finish()
    }

    func isUnmodified(_ representation: Representation, of stored: StoredResponse) -> Bool {
        Conditional.evaluate(
            method: head.method,
            request: head.fields,
            status: stored.status,
            etag: representation.etag?.readableBytesView,
            lastModified: stored.comparedDate
        ) == .notModified
    }

    /// - Parameters:
    ///   - capacity: bytes of what is written, and of the body that goes out with it.
    ///   - writeHead: writes all of the head but what changes from one hit to the next.
    func begin(
        _ stored: StoredResponse,
        status: UInt16,
        framing: ClientFraming,
        capacity: Int,
        writeHead: (inout ByteBuffer) -> Void
    ) {
        response.hasStarted = true
        response.status = status
        response.framing = framing
        response.keepsAlive = canKeepAlive
        var buffer = stream.allocator.buffer(capacity: capacity + 256)
        writeHead(&buffer)
        OwnFields.writeAge(stored.age(at: worker.recently), into: &buffer)
        if plan == .persona { buffer.writeImmutableBuffer(worker.dates.line) }
        takeCostFields(status: status)?.write(into: &buffer)
        OwnFields.write(cacheStatus: cacheStatus, requestID: requestID, into: &buffer)
        stream.write(head: buffer, framing: framing, keepsAlive: response.keepsAlive)
    }

    // MARK: A form that is not ready

    /// Nothing is compressed for a hit, unless its client takes nothing else: it gets what is there, and who comes later
    /// gets the form that is made meanwhile.
    private func answerUnready(_ stored: StoredResponse, _ form: Representation.Form) {
        makeBehind(stored, form)
        let upstream = streamedHead(stored)
        let rules = codingRules(mayDecode: weirChoosesCoding)
        let coding = rules.choose(upstream, for: head)
        if isUnmodified(upstream, coding: coding) {
            startNotModified(upstream, coding: coding, varies: stored.variesByCoding)
            return endResponse()
        }
        if let ready = readyForm(stored, preferring: form) { return send(ready, of: stored) }
        startResponse(upstream, mayDecode: weirChoosesCoding)
        guard head.method != .head else { return endResponse() }
        source = .stored(StoredBody(stored.received.body))
        pumpStored()
    }

    /// The head of a stored response that streams through.
    func streamedHead(_ stored: StoredResponse) -> ResponseHead {
        let received = stored.received
        var upstream = ResponseHead(
            status: stored.status,
            framing: .length(UInt64(received.bodyLength)),
            fields: stored.fields
        )
        upstream.fields.set(.age, String(stored.age(at: worker.now())))
        if upstream.fields.first(.etag) == nil, let tag = received.etag {
            upstream.fields.append(.etag, bytes: tag.readableBytesView)
        }
        return upstream
    }
}
