import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI

/// A stream from the store, given out at the pace that the route wants (``RouteCacheSettings/Replay``).
extension Exchange {
    /// - Parameters:
    ///   - body: a whole stream.
    ///   - track: its own, if it has one.
    /// - Returns: nil where it goes out at once.
    func pace(_ body: ByteBuffer, track: StreamTrack?, note: AnswerNote?) -> ReplayPace? {
        // Nobody who stops is kept waiting for the sake of how it looks.
        guard let route, !stream.isDraining else { return nil }
        switch route.settings.cache.replay {
        case .instant: return nil
        case .recorded: return track.flatMap { ReplayPace(body, recorded: $0, begin: worker.now()) }
        case .tokensPerSecond(let rate):
            let tokens = note?.usage?.completion
            return ReplayPace(body, tokensPerSecond: rate, tokens: tokens, begin: worker.now())
        }
    }

    /// Begins to give it out as if its upstream were sending it.
    /// - Parameter tailor: what makes it this client's own.
    func replay(_ pace: ReplayPace, of stored: StoredResponse, tailor: AnswerTailor?) {
        response.tailor = tailor
        var head = streamedHead(stored)
        head.framing = .chunked
        if !stored.received.form.isEventStream {
            head.fields.set(.contentType, Self.contentType(isEventStream: true))
        }
        startResponse(head, mayDecode: false)
        source = .paced(PacedReplay(pace))
        pumpPaced()
    }

    /// Writes what is due, as far as the client takes it, and comes again when more is.
    func pumpPaced() {
        guard case .paced(let replay) = source, !isFinished else { return }
        while stream.isWritable {
            let now = worker.now()
            switch replay.pace.next(now: now) {
            case .send(let piece):
                sendBody(piece)
                guard !isFinished, case .paced = source else { return }
            case .wait(let due):
                replay.wake(in: due - now, on: worker.eventLoop) { [weak self] in self?.pumpPaced() }
                return flushResponse()
            case .end:
                replay.cancel()
                return endResponse()
            }
        }
        flushResponse()
    }

    /// Its connection takes no further request, and is to end: what is left of a replay is due now.
    func drainBegan() {
        guard case .paced(let replay) = source else { return }
        replay.pace.hurry()
        pumpPaced()
    }
}
