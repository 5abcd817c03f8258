import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI

extension Exchange {
    /// Bodies up to this size go out in one write with their head.
    private static let copiedBody = 16 << 10

    func answer(_ stored: StoredResponse) -> Step {
        if aiRequest != nil { return answerAI(stored) }
        let form = preferredForm(stored)
        if head.fields.contains(.range), let step = answerRange(stored, preferring: form) { return step }
        if let representation = stored.representation(form) {
            send(representation, of: stored)
        } else {
            transcode(stored, to: form)
        }
        return .wait
    }

    private func preferredForm(_ stored: StoredResponse) -> Representation.Form {
        let received = stored.representations[0].form
        guard stored.variesByCoding else { return received }
        if received.coding == .identity, head.forbidsTransforming { return received }
        let coding = AcceptEncoding.preferred(head.fields, among: [.gzip, .identity])
        return Representation.Form(coding: coding ?? .identity)
    }

    // MARK: A form that is ready

    func send(_ representation: Representation, of stored: StoredResponse) {
        if isUnmodified(representation, of: stored) { return sendNotModified(representation, of: stored) }
        let body = representation.body
        begin(
            stored,
            status: stored.status,
            framing: .length(UInt64(body.readableBytes)),
            head: representation.head,
            capacity: body.readableBytes <= Self.copiedBody ? body.readableBytes : 0
        )
        guard head.method != .head else { return finish() }
        if body.readableBytes <= Self.copiedBody {
            sendBody(body)
            return finish()
        }
        source = .stored(StoredBody(body))
        pumpStored()
    }

    /// Writes as much of the stored body as the client takes.
    func pumpStored() {
        while case .stored(var rest) = source, stream.isWritable, !isDecodingHeldUp {
            if let piece = rest.next() { sendBody(piece) }
            // What cannot be decoded ends it otherwise.
            guard !isFinished, case .stored = source else { return }
            if rest.isEmpty { return endResponse() }
            source = .stored(rest)
            stream.flush()
        }
    }

    private func sendNotModified(_ representation: Representation, of stored: StoredResponse) {
        begin(stored, status: 304, framing: .noBody(length: nil), head: representation.notModifiedHead)
        finish()
    }

    func isUnmodified(_ representation: Representation, of stored: StoredResponse) -> Bool {
        Conditional.evaluate(
            method: head.method,
            request: head.fields,
            status: stored.status,
            etag: representation.etag?.readableBytesView,
            lastModified: stored.lastModified
        ) == .notModified
    }

    /// - Parameters:
    ///   - ready: all of the head but what changes from one hit to the next.
    ///   - capacity: bytes of the body that go out with the head.
    func begin(
        _ stored: StoredResponse,
        status: UInt16,
        framing: ClientFraming,
        head ready: ByteBuffer,
        capacity: Int = 0
    ) {
        response.hasStarted = true
        response.status = status
        response.framing = framing
        response.keepsAlive = canKeepAlive
        var buffer = stream.allocator.buffer(capacity: ready.readableBytes + 256 + capacity)
        buffer.writeImmutableBuffer(ready)
        OwnFields.writeAge(stored.age(at: worker.recently), into: &buffer)
        if plan == .persona { buffer.writeImmutableBuffer(worker.dates.line) }
        OwnFields.write(cacheStatus: cacheStatus, requestID: requestID, into: &buffer)
        stream.write(head: buffer, framing: framing, keepsAlive: response.keepsAlive)
    }

    // MARK: A form that is made on the way

    /// The other coding of a stored response, while the stored one is not made yet or not kept.
    private func transcode(_ stored: StoredResponse, to form: Representation.Form) {
        let received = stored.representations[0]
        var upstream = ResponseHead(
            status: stored.status,
            framing: .length(UInt64(received.body.readableBytes)),
            fields: stored.fields
        )
        upstream.fields.set(.age, String(stored.age(at: worker.now())))
        if upstream.fields.first(.etag) == nil, let tag = received.etag {
            upstream.fields.append(.etag, bytes: tag.readableBytesView)
        }
        let coding = ResponseCoding.choose(
            upstream,
            request: head,
            features: route?.settings.features ?? Features(),
            mayDecode: weirChoosesCoding
        )
        let tag = coding.entityTag(upstream.fields)
        if Conditional.evaluate(
            method: head.method,
            request: head.fields,
            status: stored.status,
            etag: tag.map {
                var bytes = ByteBuffer(); $0.write(into: &bytes); return bytes.readableBytesView
            },
            lastModified: stored.lastModified
        ) == .notModified {
            startNotModified(upstream, coding: coding, varies: stored.variesByCoding)
            return endResponse()
        }
        startResponse(upstream, mayDecode: weirChoosesCoding)
        guard head.method != .head else { return endResponse() }
        source = .stored(StoredBody(received.body))
        pumpStored()
    }
}
