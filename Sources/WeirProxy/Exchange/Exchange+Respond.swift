import NIOCore
import WeirHTTP

extension Exchange {
    /// Pieces up to this size are copied into one write with what surrounds them; larger ones go out as they are.
    private static let copiedPiece = 16 << 10

    /// Whether the connection can take another request after this response. A client that was never told to continue
    /// may or may not send its body: nobody could tell what comes next.
    var canKeepAlive: Bool {
        let awaitsInvitation = head.expectsContinue && !body.isInvited && body.receivedCount == 0 && !body.isWhole
        return head.isPersistent && !response.mustClose && !worker.isDraining && !awaitsInvitation
    }

    /// Weir asked the upstream for gzip on its own account, so undoing it is its business.
    var weirChoosesCoding: Bool { plan == .http && route?.settings.features.gzip == true }

    /// Begins a response whose body streams through.
    /// - Parameter mayDecode: Weir itself asked for gzip.
    func startResponse(_ upstream: ResponseHead, mayDecode: Bool) {
        let features = route?.settings.features ?? Features()
        let coding = ResponseCoding.choose(upstream, request: head, features: features, mayDecode: mayDecode)
        let keepsLength = coding == .unchanged && !response.transform.changesLength
        response.hasStarted = true
        response.status = upstream.status
        response.framing = ClientFraming.choose(
            upstream.framing,
            keepsLength: keepsLength,
            request: head,
            status: upstream.status
        )
        response.keepsAlive = canKeepAlive && response.framing != .untilClose
        switch coding {
        case .unchanged: break
        case .compress: response.transform = .gzip(GzipEncoder(expectedLength: upstream.framing.knownLength))
        case .decompress: response.transform = .gunzip(GzipDecoder(maximumOutput: nil))
        }
        let writer = ResponseHeadWriter(
            response: upstream,
            coding: coding,
            variesByCoding: ResponseCoding.varies(upstream, features: features, mayDecode: mayDecode),
            framing: response.framing,
            cacheStatus: cacheStatus,
            keepsAlive: response.keepsAlive
        )
        var buffer = connection.allocator.buffer(capacity: upstream.fields.storage.readableBytes + 512)
        writer.write(requestID: requestID, worker: worker, version: head.version, into: &buffer)
        response.pendingHead = buffer
    }

    /// Begins to say that the client has the response already: with the tag of the coding that it has.
    /// - Parameter varies: whether another client might get the response in another coding.
    func startNotModified(_ upstream: ResponseHead, coding: ResponseCoding, varies: Bool) {
        response.hasStarted = true
        response.status = 304
        response.framing = .noBody(length: nil)
        response.keepsAlive = canKeepAlive
        var unmodified = upstream
        unmodified.status = 304
        let writer = ResponseHeadWriter(
            response: unmodified,
            coding: coding,
            variesByCoding: varies,
            framing: response.framing,
            cacheStatus: cacheStatus,
            keepsAlive: response.keepsAlive,
            hidden: NotModified.omitted
        )
        var buffer = connection.allocator.buffer(capacity: upstream.fields.storage.readableBytes + 512)
        writer.write(requestID: requestID, worker: worker, version: head.version, into: &buffer)
        response.pendingHead = buffer
    }

    func sendBody(_ chunk: ByteBuffer) {
        do {
            sendFramed(try response.transform.transform(chunk))
        } catch {
            breakOff()
        }
    }

    private func sendFramed(_ chunk: ByteBuffer) {
        guard chunk.readableBytes > 0 else { return }
        switch response.framing {
        case .noBody:
            break
        case .length, .untilClose:
            response.bytes += UInt64(chunk.readableBytes)
            sendPiece(chunk, prefix: ByteBuffer(), suffix: "")
        case .chunked:
            response.bytes += UInt64(chunk.readableBytes)
            var prefix = ByteBuffer()
            ChunkedCoding.writeSize(chunk.readableBytes, into: &prefix)
            sendPiece(chunk, prefix: prefix, suffix: "\r\n")
        }
    }

    private func sendPiece(_ chunk: ByteBuffer, prefix: ByteBuffer, suffix: StaticString) {
        var front = response.pendingHead ?? ByteBuffer()
        response.pendingHead = nil
        front.writeImmutableBuffer(prefix)
        if chunk.readableBytes <= Self.copiedPiece {
            front.writeImmutableBuffer(chunk)
            front.writeStaticString(suffix)
            return connection.write(front)
        }
        if front.readableBytes > 0 { connection.write(front) }
        connection.write(chunk)
        if suffix.utf8CodeUnitCount > 0 { connection.write(ByteBuffer(staticString: suffix)) }
    }

    /// Everything that is here now goes out: more may be long in coming.
    func flushResponse() {
        if let held = response.transform.flush() { sendFramed(held) }
        writePendingHead()
        connection.flush()
    }

    func endResponse() {
        do {
            if let held = try response.transform.finish() { sendFramed(held) }
        } catch {
            return breakOff()
        }
        if response.framing == .chunked {
            var end = response.pendingHead ?? ByteBuffer()
            response.pendingHead = nil
            ChunkedCoding.writeEnd(into: &end)
            connection.write(end)
        }
        writePendingHead()
        source = .none
        finish()
    }

    private func writePendingHead() {
        guard let pending = response.pendingHead else { return }
        response.pendingHead = nil
        connection.write(pending)
    }

    /// An upstream or a flight came to nothing: an answer if none has begun, a visible break if one has.
    func failResponse(_ error: ProxyError) { run(from: .refuse(error)) }
}
