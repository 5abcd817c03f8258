import Testing
import WeirHTTP

@testable import WeirProxy

@Suite struct ClientFramingTests {
    @Test(
        "how a response's end is told",
        arguments: [
            ("GET", "1.1", 200, BodyFraming.length(5), true, ClientFraming.length(5)),
            ("GET", "1.1", 200, .length(5), false, .chunked), ("GET", "1.0", 200, .length(5), true, .length(5)),
            ("GET", "1.0", 200, .length(5), false, .untilClose), ("GET", "1.1", 200, .chunked, true, .chunked),
            ("GET", "1.0", 200, .chunked, true, .untilClose), ("GET", "1.1", 200, .untilClose, true, .chunked),
            ("GET", "1.0", 200, .untilClose, true, .untilClose), ("GET", "1.1", 200, .none, true, .length(0)),
            ("HEAD", "1.1", 200, .length(5), true, .noBody(length: 5)),
            ("HEAD", "1.1", 200, .length(5), false, .noBody(length: nil)),
            ("HEAD", "1.1", 200, .chunked, true, .noBody(length: nil)),
            ("GET", "1.1", 204, .length(0), true, .noBody(length: nil)),
            ("GET", "1.1", 304, .length(5), true, .noBody(length: 5)),
            ("GET", "1.1", 304, .none, true, .noBody(length: nil)),
        ]
    )
    func framing(
        method: String,
        version: String,
        status: UInt16,
        upstream: BodyFraming,
        keeps: Bool,
        expected: ClientFraming
    )
        throws
    {
        let head = try requestHead(method, "/", version: version)
        #expect(ClientFraming.choose(upstream, keepsLength: keeps, request: head, status: status) == expected)
    }
}
