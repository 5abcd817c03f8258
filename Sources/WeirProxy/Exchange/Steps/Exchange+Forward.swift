import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirTier
import WeirUpstream

extension Exchange {
    func forward() -> Step {
        guard let route else { preconditionFailure("Cannot forward a request that has no route") }
        if usesTokens {
            switch openAccount() {
            case .opened(let account): self.account = account
            case .refused(let refusal): return .refuse(.allowance(refusal))
            }
        }
        var forwardedFields = forwardedFields(route).make(for: .passing)
        if asksLikeGet {
            forwardedFields.removeAll(.acceptEncoding)
            forwardedFields.append(.acceptEncoding, "gzip")
        }
        let request = UpstreamRequest(
            method: head.method,
            methodName: String(decoding: head.methodName, as: UTF8.self),
            target: UpstreamTarget.make(head, upstream: route.upstream.settings.url),
            fields: forwardedFields,
            body: forwardedBody,
            timeouts: route.timeouts,
            upgrade: protocolOffer,
            priority: CallPriority(head.fields),
            load: aiRequest?.load
        )
        if plan == .http, head.method == .head, stale != nil, let key {
            place = shared.tier?.place(of: key, fill: nil, on: worker.eventLoop)
        }
        account?.call()
        let call = route.upstream.call(
            request,
            service: route.service(of: endpoint),
            usesBreaker: route.settings.features.breaker,
            fallback: fallback(for: request, .passing),
            on: worker.eventLoop,
            handler: self
        )
        source = .call(call)
        guard !body.isCollected else { return .wait }
        inviteBody()
        let collected = body.takeCollected()
        if collected.readableBytes > 0 { call.send(body: collected) }
        return .wait
    }

    /// A HEAD that the cache is for asks for the coding that a GET would get: tags and lengths are of one coding.
    private var asksLikeGet: Bool { head.method == .head && weirChoosesCoding }

    func forwardedFields(_ route: Route) -> ForwardedFields {
        ForwardedFields(
            head: head,
            route: route,
            requestID: requestID,
            peerAddress: stream.peerAddress,
            via: stream.requestVia,
            isSecure: stream.isSecure
        )
    }

    /// The body of a request for a stream that is to tell its usage: what it costs is to be known, cached or not. What tells
    /// it is taken out again for a client that has not asked. nil where the body goes as it is.
    var bodyAskingForUsage: ByteBuffer? {
        guard let aiRequest, aiRequest.wantsStream, endpoint.hasUsageOption,
            route?.upstream.settings.asksUsage == true
        else { return nil }
        return UsageInjection.addIncludeUsage(to: body.collected)
    }

    private var forwardedBody: UpstreamRequest.Body {
        if body.isCollected {
            guard let asking = bodyAskingForUsage else { return .whole(body.collected) }
            asksForUsage = true
            return .whole(asking)
        }
        return switch head.framing {
        case .none, .untilClose: .none
        case .length(0): .whole(ByteBuffer())
        case .length(let length): .streamed(length: length)
        case .chunked: .streamed(length: nil)
        }
    }

    /// A write that succeeded makes what is stored of its URL and of those that its answer names, and what the route's
    /// `on_write` names, unusable (RFC 9111 §4.4).
    private func invalidate(after upstream: ResponseHead) {
        guard let route, !head.method.isSafe, (200..<400).contains(upstream.status) else { return }
        for url in WrittenURLs.find(head, response: upstream.fields, isSecure: stream.isSecure) { drop(url) }
        guard !route.invalidatesOnWrite.isEmpty else { return }
        let captures = route.pattern.captures(head.path)
        let tags = Set(route.invalidatesOnWrite.map { $0.fill(captures) })
        shared.purge(.tags(tags), softly: route.settings.softensOnWrite)
    }

    /// What the route of a GET has stored for it, whatever route the write took.
    private func drop(_ get: RequestHead) {
        guard let route = generation.router.route(for: get), route.settings.cache.mode == .http else { return }
        let settings = route.settings.cache.key
        let host = HTTPKey.normalised(host: get.fields.first(.host), isSecure: stream.isSecure)
        // Behind both schemes is the same resource.
        for isSecure in [false, true] {
            let url = HTTPKey.url(
                upstream: route.upstream.name,
                isSecure: isSecure,
                host: host,
                path: get.path,
                query: get.query,
                settings: settings,
                builder: worker.keyBuilder
            )
            shared.purge(.key(url))
            if settings.tellsClientsApart { shared.purge(.tags([HTTPKey.tag(of: url)])) }
        }
    }
}

extension Exchange: UpstreamResponseHandler {
    /// Over all tries of a call: each may give some.
    private static let maxHints = 10

    func received(informational hint: ResponseHead) {
        guard head.version == .http11, hint.status != 100, hintCount < Self.maxHints, !response.hasStarted, !isFinished
        else { return }
        hintCount += 1
        var buffer = ByteBuffer()
        StatusLine.write(hint.status, into: &buffer)
        let options = ConnectionOptions(hint.fields)
        hint.fields.write(into: &buffer) { line in
            !HopByHop.names.contains(line.name) && !options.names(line, of: hint.fields)
        }
        stream.write(informational: buffer)
    }

    func received(head upstream: ResponseHead) {
        var isFallback = false
        if case .call(let call) = source, call.isFallback {
            isFallback = true
            cacheStatus.detail = "fallback"
        }
        account?.answer(status: upstream.status, isFallback: isFallback)
        invalidate(after: upstream)
        updateStored(by: upstream)
        if upstream.status == 304,
            let coding = codingRules(mayDecode: asksLikeGet).named(by: head.fields, of: upstream.fields)
        {
            return startNotModified(upstream, coding: coding, varies: true)
        }
        if account != nil { meter = AnswerRecorder(passing: upstream, endpoint: endpoint) }
        if asksForUsage, let aiRequest {
            // What it repeats is its own.
            response.tailor = AnswerTailor(
                for: aiRequest,
                endpoint: endpoint,
                isEventStream: upstream.isEventStream,
                repeats: false
            )
        }
        startAnswer(upstream, mayDecode: asksLikeGet, account: BufferAccount(shared.buffers))
    }

    func received(body chunk: ByteBuffer) {
        meter?.feed(chunk)
        continueAnswer(chunk)
    }

    func receivedBurst() { if response.hasStarted, !isFinished { flushResponse() } }

    func receivedEnd(trailers: FieldSection) {
        response.costs.cost = closeAccount()?.cost
        endAnswer(trailers: trailers)
    }

    func failed(_ error: UpstreamError) {
        source = .none
        account?.close(meter?.soFar, isEventStream: meter?.isEventStream ?? false, error: error)
        failResponse(.upstream(error, name: route?.upstream.name ?? ""))
    }

    func requestBodyWanted(_ wanted: Bool) {
        body.isWanted = wanted
        stream.bodyWanted(wanted)
    }
}
