import NIOCore

/// When a call has taken too long, and in which phase.
///
///     connecting ── begun ──▶ sending ── sent ──▶ waiting ── received ──▶ receiving
///                                └────────────── received ──────────────────▶┘
///
/// Connecting has libcurl's own timer. No phase timer runs while the call stands still for Weir's sake: it waits for
/// a piece of the request from the client (``isStarved``) or does not take the response (``isPaused``). The total
/// always runs. Driven by ``CurlTransfer``; holds no clock.
struct CurlTimers {
    private enum Phase { case connecting, sending, waiting, receiving }

    private let timeouts: UpstreamTimeouts
    private let totalDeadline: NIODeadline
    private var phase = Phase.connecting
    /// The last time anything was sent or received.
    private var activity: NIODeadline
    /// The request's next piece has not come yet.
    var isStarved = false
    /// The response is not being read.
    var isPaused = false

    init(timeouts: UpstreamTimeouts, now: NIODeadline) {
        self.timeouts = timeouts
        totalDeadline = now + timeouts.total
        activity = now
    }

    /// The connection stands and the request is about to be sent.
    mutating func begun(now: NIODeadline) {
        phase = .sending
        activity = now
    }

    /// Part of the request was handed to the connection, or could be again.
    mutating func wrote(now: NIODeadline) {
        isStarved = false
        activity = now
    }

    /// All of the request was handed to the connection.
    mutating func sent(now: NIODeadline) {
        isStarved = false
        guard phase == .sending else { return }
        phase = .waiting
        activity = now
    }

    /// Part of the final response has come, or is being read again.
    mutating func received(now: NIODeadline) {
        isPaused = false
        phase = .receiving
        activity = now
    }

    /// The earliest moment at which ``expired(now:)`` could say something.
    var deadline: NIODeadline { min(totalDeadline, phaseDeadline ?? .distantFuture) }

    /// Which bound was passed, if one was.
    func expired(now: NIODeadline) -> UpstreamError? {
        if totalDeadline <= now { return .totalTimeout }
        guard let phaseDeadline, phaseDeadline <= now else { return nil }
        return phase == .waiting ? .firstByteTimeout : .idleTimeout
    }

    private var phaseDeadline: NIODeadline? {
        switch phase {
        case .connecting: nil
        case .sending: isStarved ? nil : activity + timeouts.idle
        case .waiting: activity + timeouts.firstByte
        case .receiving: isStarved || isPaused ? nil : activity + timeouts.idle
        }
    }
}
