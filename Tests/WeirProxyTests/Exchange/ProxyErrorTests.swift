import Testing
import WeirHTTP
import WeirUpstream

@testable import WeirProxy

@Suite("Errors of Weir's own")
struct ProxyErrorTests {
    @Test(
        "An operator is told of upstreams and set-up, not of what clients do",
        arguments: [
            (ProxyError.upstream(.connect("refused"), name: "app"), true),
            (.upstream(.firstByteTimeout, name: "app"), true),
            (.upstream(.busy, name: "app"), true), (.undecodable, true), (.loop, true), (.tooManyConnections, true),
            (.notCached, false), (.noRoute, false), (.requestTimeout, false), (.bodyTooLarge(limit: 1), false),
            (.methodRefused, false), (.flightTooSlow, false), (.badMessage(MessageError(501, "no")), false),
        ]
    )
    func concern(error: ProxyError, concernsOperator: Bool) {
        #expect(error.concernsOperator == concernsOperator)
    }
}
