import NIOCore
import WeirHTTP
import WeirTesting
import WeirUpstream

/// What a call's handler was told, for tests to wait on and look at.
struct Heard: Sendable {
    var informational: [ResponseHead] = []
    var head: ResponseHead?
    var body: [UInt8] = []
    /// Kept apart where bodies are too large to keep.
    var byteCount = 0
    var bursts = 0
    var trailers: FieldSection?
    var error: UpstreamError?
    /// What was said of the request's body.
    var bodyWanted: [Bool] = []
    /// Words after the last one; there must be none.
    var late = 0

    var text: String { String(decoding: body, as: UTF8.self) }
    /// For large bodies: a failed comparison of the bytes themselves would be told difference by difference.
    func isBody(_ bytes: [UInt8]) -> Bool { body == bytes }
    var isOver: Bool { trailers != nil || error != nil }
}

/// Writes down what it hears.
final class HeardHandler: UpstreamResponseHandler {
    typealias Reaction = @Sendable (Heard, any UpstreamCall) -> Void

    let heard: Watched<Heard>
    /// Set once the call has begun, on its event loop.
    var call: (any UpstreamCall)?
    private let keepsBody: Bool
    private let onBody: Reaction?

    init(heard: Watched<Heard>, keepsBody: Bool, onBody: Reaction?) {
        self.heard = heard
        self.keepsBody = keepsBody
        self.onBody = onBody
    }

    private func note(_ change: @Sendable (inout Heard) -> Void) {
        heard.update {
            if $0.isOver { $0.late += 1 }
            change(&$0)
        }
    }

    func received(informational head: ResponseHead) { note { $0.informational.append(head) } }
    func received(head: ResponseHead) { note { $0.head = head } }

    func received(body: ByteBuffer) {
        let keeps = keepsBody
        note {
            $0.byteCount += body.readableBytes
            if keeps { $0.body += body.readableBytesView }
        }
        if let onBody, let call { onBody(heard.value, call) }
    }

    func receivedBurst() { note { $0.bursts += 1 } }

    func receivedEnd(trailers: FieldSection) {
        note { $0.trailers = trailers }
        call = nil
    }

    func failed(_ error: UpstreamError) {
        note { $0.error = error }
        call = nil
    }

    func requestBodyWanted(_ wanted: Bool) { note { $0.bodyWanted.append(wanted) } }
}
