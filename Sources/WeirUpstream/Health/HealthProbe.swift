import NIOCore
import WeirHTTP

/// Hears of one check: its status decides, its body is read so that the connection can be used again.
final class HealthProbe: UpstreamResponseHandler {
    /// Bytes of a body that is read; a check is not a download.
    private static let readBody = 64 << 10

    var call: (any UpstreamCall)?
    private let settings: HealthSettings
    private var finished: ((HealthResult) -> Void)?
    private var result: HealthResult?
    private var bodyCount = 0

    /// - Parameter finished: called once, unless the check is cancelled.
    init(settings: HealthSettings, finished: @escaping (HealthResult) -> Void) {
        self.settings = settings
        self.finished = finished
    }

    func cancel() {
        finished = nil
        exchange(&call, with: nil)?.cancel()
    }

    func received(informational head: ResponseHead) {}

    func received(head: ResponseHead) {
        result = settings.passes(status: head.status) ? .passed : .failed("status \(head.status)")
    }

    func received(body: ByteBuffer) {
        bodyCount += body.readableBytes
        guard bodyCount > Self.readBody else { return }
        let call = exchange(&call, with: nil)
        finish()
        call?.cancel()
    }

    func receivedBurst() {}

    func receivedEnd(trailers: FieldSection) { finish() }

    func failed(_ error: UpstreamError) {
        // What comes behind the status is not what was asked for.
        result = result ?? .failed(error.summary)
        finish()
    }

    func requestBodyWanted(_ wanted: Bool) {}

    private func finish() {
        call = nil
        guard let result else { preconditionFailure("Cannot end a response that had no head") }
        exchange(&finished, with: nil)?(result)
    }
}

extension UpstreamError {
    /// For people: the reason where there is one, else its name.
    fileprivate var summary: String {
        switch self {
        case .connect(let reason), .tls(let reason), .malformed(let reason): reason
        case .connectTimeout, .firstByteTimeout, .idleTimeout, .totalTimeout, .reset, .lostIdle, .unprocessed, .busy,
            .breakerOpen, .coolingDown, .paced, .draining:
            UpstreamOutcome(self).name
        }
    }
}
