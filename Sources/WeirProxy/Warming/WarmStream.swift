import NIOCore
import WeirCache
import WeirHTTP
import WeirLedger
import WeirOpenAI

/// Sends one request of a warming list through an ``Exchange`` of its own, as a client would, and takes the answer for
/// what it says of itself: its body is for nobody.
///
/// Lives on its worker's event loop, which ends it with the connections that it has.
final class WarmStream {
    /// Bytes of an error that are kept, to find its code.
    private static let keptError = 4 << 10

    private let worker: Worker
    private let request: WarmRequest
    private let report: (WarmOutcome) -> Void
    private var exchange: Exchange?
    private var error = ByteBuffer()
    let allocator = ByteBufferAllocator()
    private(set) var isHeadHeld = false

    /// - Parameter report: is told once.
    init(_ request: WarmRequest, worker: Worker, report: @escaping (WarmOutcome) -> Void) {
        self.request = request
        self.worker = worker
        self.report = report
    }

    func begin() {
        worker.register(self)
        let exchange = Exchange(head: request.head, stream: self, worker: worker)
        self.exchange = exchange
        exchange.begin()
        // It may have ended with any of these.
        if let body = request.body { self.exchange?.receivedRequest(body: body) }
        self.exchange?.receivedRequestEnd()
    }

    /// Nobody wants to know any more.
    func leave() { end { _ in "cancelled" } }

    private func end(failingFor reason: (Exchange) -> String) {
        guard let abandoned = exchange else { return }
        exchange = nil
        let reason = reason(abandoned)
        abandoned.clientLeft()
        settle(WarmOutcome(kind: .failed(reason), cost: abandoned.response.costs.toldCost))
    }

    /// Behind what goes on now: its exchange may look at it once more.
    private func settle(_ outcome: WarmOutcome) {
        worker.unregister(self)
        worker.metrics.warmed.count(outcome.kind)
        worker.eventLoop.assumeIsolated().execute { self.report(outcome) }
    }

    // MARK: What has come of it

    private func outcome(_ exchange: Exchange) -> WarmOutcome {
        let costs = exchange.response.costs
        let isAnswered = exchange.response.status < 400
        return WarmOutcome(
            kind: isAnswered ? kind(exchange) : .failed(refusal(exchange.response.status)),
            cost: costs.toldCost,
            saved: costs.toldSaved,
            isUnpriced: isAnswered && exchange.usesTokens && exchange.aiRequest != nil && costs.toldCost == nil
        )
    }

    private func kind(_ exchange: Exchange) -> WarmOutcome.Kind {
        let status = exchange.cacheStatus
        switch exchange.outcome {
        case .hit: return .hit
        case .revalidated: return .stored
        case .stale where status.isHit: return .hit
        case .collapsed where status.isStored: return .hit
        case .miss where status.isStored:
            // Said with the head; how it ended shows here.
            return isStored(exchange) ? .stored : .passed("not-kept")
        case .stale, .collapsed, .miss, .bypass:
            return .passed(status.detail ?? status.forward?.rawValue ?? "uncached")
        }
    }

    private func isStored(_ exchange: Exchange) -> Bool {
        // What has no one key, as many items together, is as stored as it says.
        guard let key = exchange.key else { return true }
        return worker.shared.store.candidates(key, request: request.head.fields).contains {
            $0 !== exchange.stale && $0 !== exchange.unusable
        }
    }

    /// The status, with the error's code where it has one that says no more than a code does: messages may repeat what was
    /// asked, or a credential.
    private func refusal(_ status: UInt16) -> String {
        guard let code = JSONText(error)?["error"]?["code"]?.string, (1...64).contains(code.utf8.count),
            code.utf8.allSatisfy({ $0 &- 0x61 < 26 || $0 == 0x5F })
        else { return "\(status)" }
        return "\(status) \(code)"
    }
}

extension WarmStream: ClientStream {
    var peerAddress: String { "127.0.0.1" }
    var isSecure: Bool { request.isSecure }
    var requestVia: String { "1.1 weir" }
    var hasClient: Bool { false }
    var isWritable: Bool { true }
    var isDraining: Bool { false }

    func write(informational head: consuming ByteBuffer) {}
    func write(head: consuming ByteBuffer, framing: ClientFraming, keepsAlive: Bool) { isHeadHeld = true }
    func write(trailers: FieldSection) {}
    func bodyWanted(_ wanted: Bool) {}
    func flush() { isHeadHeld = false }

    func write(bodyOf representation: Representation) { write(body: representation.body) }

    func write(body piece: ByteBuffer) {
        isHeadHeld = false
        guard let exchange, exchange.response.status >= 400 else { return }
        let room = Self.keptError - error.readableBytes
        if let kept = piece.getSlice(at: piece.readerIndex, length: min(room, piece.readableBytes)) {
            error.writeImmutableBuffer(kept)
        }
    }

    func finish(keepsAlive: Bool) {
        guard let ended = exchange else { return }
        exchange = nil
        settle(outcome(ended))
    }
}

extension WarmStream: ServedConnection {
    /// It came through none: what ends it is the end of its list.
    private static let nowhere = ListenerState()

    var listener: ListenerState { Self.nowhere }

    func checkDeadline(now: NIODeadline) {}
    func closeIfIdle(for time: TimeAmount, now: NIODeadline) {}
    func adoptLimits() {}
    func drain(now: NIODeadline) {}

    func endNow() {
        guard let exchange, !exchange.hasStartedResponse else { return abort() }
        exchange.drainEnded()
    }

    func abort() { end { exchange in exchange.hasStartedResponse ? "broken off" : "ended" } }
}
