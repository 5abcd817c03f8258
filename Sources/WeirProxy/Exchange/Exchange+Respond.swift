import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI

extension Exchange {
    /// Bytes decoded in one go; they may become a thousand times as many.
    private static let decodedPiece = 2 << 10

    /// Whether the connection can take another request after this response. A client that was never told to continue
    /// may or may not send its body: nobody could tell what comes next.
    var canKeepAlive: Bool {
        let awaitsInvitation = head.expectsContinue && !body.isInvited && body.receivedCount == 0 && !body.isWhole
        return head.isPersistent && !response.mustClose && !stream.isDraining && !awaitsInvitation && !hasMuchToCome
    }

    /// Whether more of the body is to come than a connection reads for the sake of the next request.
    private var hasMuchToCome: Bool {
        guard case .length(let length) = head.framing, !body.isWhole else { return false }
        return length > UInt64(body.receivedCount) + ClientConnection.maxDrained
    }

    /// Weir asked the upstream for gzip on its own account, so undoing it is its business.
    var weirChoosesCoding: Bool { plan == .http && route?.settings.features.gzip == true }

    /// - Parameter mayDecode: Weir itself asked for gzip.
    func codingRules(mayDecode: Bool) -> CodingRules {
        CodingRules(
            settings: generation.settings.compression,
            compresses: route?.settings.features.gzip ?? true,
            mayDecode: mayDecode
        )
    }

    /// Begins a response whose body streams through.
    /// - Parameter mayDecode: Weir itself asked for gzip.
    func startResponse(_ upstream: ResponseHead, mayDecode: Bool) {
        var upstream = upstream
        if let fields = takeCostFields(status: upstream.status) {
            upstream.replaceCosts(by: fields, hasLimits: route?.settings.rateLimit != nil)
        }
        let rules = codingRules(mayDecode: mayDecode)
        let coding = rules.choose(upstream, for: head)
        let keepsLength = coding == .unchanged && !response.changesBody
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
        case .compress(let coding):
            let encoder = rules.settings.levels.encoder(coding, expectedLength: upstream.framing.knownLength)
            response.transform = .encode(encoder)
        case .decompress: response.transform = .gunzip(GzipDecoder(maximumOutput: nil))
        }
        let writer = ResponseHeadWriter(
            response: upstream,
            coding: coding,
            variesByCoding: rules.varies(upstream),
            framing: response.framing,
            cacheStatus: cacheStatus
        )
        write(writer)
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
            hidden: NotModified.omitted
        )
        write(writer)
    }

    private func write(_ writer: ResponseHeadWriter) {
        var buffer = stream.allocator.buffer(capacity: writer.response.fields.storage.readableBytes + 512)
        writer.write(requestID: requestID, worker: worker, into: &buffer)
        stream.write(head: buffer, framing: response.framing, keepsAlive: response.keepsAlive)
    }

    func sendBody(_ chunk: ByteBuffer) {
        if case .gunzip = response.transform {
            if isDecodingHeldUp { response.undecoded.writeImmutableBuffer(chunk) } else { response.undecoded = chunk }
            return sendDecoded()
        }
        do {
            let own = response.tailor?.filter(chunk) ?? chunk
            sendTransformed(try response.transform.transform(own))
        } catch {
            breakOff()
        }
    }

    /// The whole body of at most ``Representation/packedBody`` bytes, as it is.
    func sendBody(of representation: Representation) {
        if case .noBody = response.framing { return }
        response.bytes += UInt64(representation.bodyLength)
        stream.write(bodyOf: representation)
    }

    /// Decodes as far as the client takes it.
    func sendDecoded() {
        do {
            while stream.isWritable, let piece = takeUndecoded() {
                sendTransformed(try response.transform.transform(piece))
            }
        } catch {
            return foundUndecodable()
        }
        if response.isSourceEnded, !isDecodingHeldUp { endResponse() }
    }

    /// Weir asked for gzip, and what came is none. Where nothing of it has left, the client gets what the upstream has
    /// for it alone.
    private func foundUndecodable() {
        log(.undecodable)
        if let key { shared.purge(.key(key)) }
        guard stream.isHeadHeld else { return breakOff() }
        leaveSource()
        response = ClientResponse()
        cacheStatus = CacheStatus()
        outcome = .bypass
        run(from: bypass(.bypass, detail: "undecodable"))
    }

    /// Whether the client has to take something before more can be decoded for it.
    var isDecodingHeldUp: Bool { response.undecoded.readableBytes > 0 }

    private func takeUndecoded() -> ByteBuffer? {
        guard isDecodingHeldUp else { return nil }
        return response.undecoded.readSlice(length: min(Self.decodedPiece, response.undecoded.readableBytes))
    }

    private func sendTransformed(_ piece: ByteBuffer) {
        if case .noBody = response.framing { return }
        response.bytes += UInt64(piece.readableBytes)
        stream.write(body: piece)
    }

    /// Everything that is here now goes out: more may be long in coming.
    func flushResponse() {
        // Whether it can be decoded shows with its first piece: until then another answer is possible.
        if case .gunzip = response.transform, response.bytes == 0 { return }
        if let held = response.transform.flush() { sendTransformed(held) }
        stream.flush()
    }

    /// - Parameter trailers: for a client that takes them, behind a body that Weir has not changed: what they say may
    ///   be of its bytes. Weir's own, what the answer cost, where its head could not say it, come behind any.
    func endResponse(trailers: FieldSection = FieldSection()) {
        response.isSourceEnded = true
        guard !isDecodingHeldUp else {
            source = .none
            return stream.flush()
        }
        var trailers = response.changesBody ? FieldSection() : trailers
        response.costs.take(into: &trailers)
        if !trailers.isEmpty, head.takesTrailers { stream.write(trailers: trailers) }
        do {
            if let rest = response.tailor?.finish(), rest.readableBytes > 0 {
                sendTransformed(try response.transform.transform(rest))
            }
            if let held = try response.transform.finish() { sendTransformed(held) }
        } catch {
            return foundUndecodable()
        }
        source = .none
        finish()
    }

    /// An upstream or a flight came to nothing: an answer if none has begun, a visible break if one has.
    func failResponse(_ error: ProxyError) { run(from: .refuse(error)) }
}
