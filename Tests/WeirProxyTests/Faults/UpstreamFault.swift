import NIOCore
import Testing
import WeirTesting
import WeirUpstream

/// One way in which an upstream fails, and what becomes of it.
struct UpstreamFault: Sendable, CustomTestStringConvertible {
    /// What a client sees that waits for the answer.
    enum Seen: Sendable, Equatable {
        /// An answer of Weir's own.
        case answer(Int, code: String)
        /// The head of a 200 and the beginning of its body, then a break that no client can take for the end.
        case broken
    }

    var name: String
    /// The origin's part, once it has a request.
    /// - Parameters:
    ///   - connection: closed in good order when this returns.
    ///   - clients: opens when every client has got the head and the beginning of the body.
    var act: @Sendable (_ connection: OriginConnection, _ clients: Gate) async throws -> Void
    var seen: Seen
    var outcome: UpstreamOutcome
    /// Tries in all.
    var calls = 1
    var timeouts = UpstreamTimeouts()
    /// Whether its time is running from the request on: those who follow then race with it.
    var isTimedFromRequest = false
    /// The breaker counts it.
    var isCounted = true

    var testDescription: String { name }
}

extension UpstreamFault {
    static let all = beforeHead + withinBody + silences

    private static let head = "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n"
    private static let reset = Seen.answer(502, code: "upstream_reset")
    private static let malformed = Seen.answer(502, code: "upstream_malformed")
    private static let moment = TimeAmount.milliseconds(60)

    private static func before(_ name: String, _ bytes: String, resets: Bool = false) -> UpstreamFault {
        UpstreamFault(
            name: name,
            act: { connection, _ in
                try await connection.send(bytes)
                if resets { await connection.reset() }
            },
            seen: reset,
            outcome: .reset,
            calls: 2
        )
    }

    private static func refused(_ name: String, _ bytes: String) -> UpstreamFault {
        UpstreamFault(
            name: name,
            act: { connection, _ in
                // It may be refused before all of it is written.
                try? await connection.send(bytes)
                _ = try? await connection.wire.readToEnd()
            },
            seen: malformed,
            outcome: .malformed,
            calls: 2
        )
    }

    /// The same request may go out once more, an interim response being no answer.
    private static let beforeHead = [
        before("a reset before the head", "", resets: true),
        before("an end before the head", ""),
        before("a reset within the head", "HTTP/1.1 200 OK\r\nContent-", resets: true),
        before("an end within the head", "HTTP/1.1 200 OK\r\nContent-"),
        before("an end behind an interim response", "HTTP/1.1 103 Early Hints\r\n\r\n"),
        refused(
            "a flood of interim responses",
            String(repeating: "HTTP/1.1 103 Early Hints\r\n\r\n", count: 1_000)
        ),
        refused("a huge head", "HTTP/1.1 200 OK\r\nX: " + String(repeating: "a", count: 200_000) + "\r\n\r\n"),
        refused("too many fields", "HTTP/1.1 200 OK\r\n" + String(repeating: "X: y\r\n", count: 1_000) + "\r\n"),
        refused("a malformed head", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"),
        refused("no HTTP at all", "SSH-2.0-OpenSSH_9.2\r\n"),
    ]

    private static func within(_ name: String, _ framing: String, _ begin: String, then end: String?) -> UpstreamFault {
        UpstreamFault(
            name: name,
            act: { connection, clients in
                try await connection.send(head + framing + "\r\n\r\n" + begin)
                try await clients.wait()
                if let end { try await connection.send(end) } else { await connection.reset() }
            },
            seen: .broken,
            outcome: .reset
        )
    }

    private static let length = "Content-Length: 100"
    private static let chunked = "Transfer-Encoding: chunked"
    private static let chunk = "4\r\npart\r\n"

    private static let withinBody = [
        within("a reset within a body of known length", length, "part", then: nil),
        within("a body shorter than its length", length, "part", then: "ial"),
        within("a reset between chunks", chunked, chunk, then: nil),
        within("an end within a chunk", chunked, chunk, then: "100\r\nsome"),
        within("an end within a chunk's size", chunked, chunk, then: "1"),
        within("no last chunk", chunked, chunk, then: "4\r\nmore\r\n"),
        within("an end within the trailers", chunked, chunk, then: "0\r\nX: y\r\n"),
        UpstreamFault(
            name: "a chunk that is none",
            act: { connection, clients in
                try await connection.send(head + chunked + "\r\n\r\n" + chunk)
                try await clients.wait()
                try await connection.send("nonsense\r\n")
                try await connection.expectEnd()
            },
            seen: .broken,
            outcome: .malformed
        ),
    ]

    private static func silence(
        _ name: String,
        _ begin: String,
        _ seen: Seen,
        _ outcome: UpstreamOutcome,
        _ timeouts: UpstreamTimeouts,
        isTimedFromRequest: Bool = false
    ) -> UpstreamFault {
        UpstreamFault(
            name: name,
            act: { connection, _ in
                try await connection.send(begin)
                // The call is given up, and its connection with it.
                try await connection.expectEnd()
            },
            seen: seen,
            outcome: outcome,
            timeouts: timeouts,
            isTimedFromRequest: isTimedFromRequest
        )
    }

    private static let silences = [
        silence(
            "silence before the head",
            "",
            .answer(504, code: "upstream_first_byte_timeout"),
            .firstByteTimeout,
            UpstreamTimeouts(firstByte: moment),
            isTimedFromRequest: true
        ),
        silence(
            "silence within the head",
            "HTTP/1.1 200 OK\r\nContent-",
            .answer(504, code: "upstream_idle_timeout"),
            .idleTimeout,
            UpstreamTimeouts(idle: moment)
        ),
        silence(
            "silence within a body of known length",
            head + length + "\r\n\r\npart",
            .broken,
            .idleTimeout,
            UpstreamTimeouts(idle: moment)
        ),
        silence(
            "silence between chunks",
            head + chunked + "\r\n\r\n" + chunk,
            .broken,
            .idleTimeout,
            UpstreamTimeouts(idle: moment)
        ),
        UpstreamFault(
            name: "a body that drips, then silence",
            act: { connection, clients in
                try await connection.send(head + length + "\r\n\r\npart")
                try await clients.wait()
                // It may be given up any time.
                for byte in "drop" { try? await connection.send(String(byte)) }
                _ = try? await connection.wire.readToEnd()
            },
            seen: .broken,
            outcome: .idleTimeout,
            // Longer than it takes the clients to come by the beginning.
            timeouts: UpstreamTimeouts(idle: .milliseconds(500))
        ),
        UpstreamFault(
            name: "a body that drips, and has no end in time",
            act: { connection, clients in
                try await connection.send(head + chunked + "\r\n\r\n" + chunk)
                try await clients.wait()
                for _ in 0..<20 { try? await connection.send(chunk: "drop") }
                _ = try? await connection.wire.readToEnd()
            },
            seen: .broken,
            outcome: .totalTimeout,
            timeouts: UpstreamTimeouts(total: .seconds(2)),
            isTimedFromRequest: true,
            // Its clients may have taken it slowly, for all that it shows.
            isCounted: false
        ),
    ]
}
