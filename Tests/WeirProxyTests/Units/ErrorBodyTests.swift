import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirUpstream

@testable import WeirProxy

@Suite struct ErrorBodyTests {
    private static let errors: [ProxyError] = [
        .badMessage(MessageError(400, "x")), .requestTimeout, .bodyTooLarge(limit: 8), .noRoute, .methodRefused, .loop,
        .notCached, .tooManyConnections, .flightTooSlow, .undecodable,
        .upstream(.connect("it said \"no\"\\\r\n\t\u{1}ü"), name: "a\"b"),
        .upstream(.breakerOpen(retryAfterSeconds: 3), name: "b"),
        .upstream(.tls("x"), name: "b"), .upstream(.connectTimeout, name: "b"), .upstream(.firstByteTimeout, name: "b"),
        .upstream(.idleTimeout, name: "b"), .upstream(.totalTimeout, name: "b"), .upstream(.reset, name: "b"),
        .upstream(.malformed("y"), name: "b"), .upstream(.busy, name: "b"), .upstream(.draining, name: "b"),
    ]

    @Test("every error is one line of JSON with a status of its kind")
    func json() throws {
        var codes: Set<String> = []
        for error in Self.errors {
            let id = ByteBuffer(string: "\"id\\\"").readableBytesView
            let answer = try ErrorAnswer(Array(ErrorBody.json(for: error, requestID: id).readableBytesView))
            #expect(answer.type == "weir_error" && answer.requestID == "\"id\\\"" && !answer.message.isEmpty)
            #expect((400..<600).contains(Int(error.status)))
            #expect(answer.code.allSatisfy { $0.isLowercase || $0 == "_" })
            codes.insert(answer.code)
        }
        // Both say that the upstream's bytes cannot be read.
        #expect(codes.count == Self.errors.count - 1)
    }
}
