import NIOCore
import Testing

@testable import WeirProxy

@Suite("A response on its way to the client")
struct ClientResponseTests {
    @Test(
        "A client that leaves has had all of a response whose length it was told, and no other",
        arguments: [
            (ClientFraming.noBody(length: 5), UInt64(0), true),
            (.length(0), 0, true), (.length(5), 5, true), (.length(5), 4, false),
            (.chunked, 5, false), (.untilClose, 5, false),
        ]
    )
    func completeness(framing: ClientFraming, bytes: UInt64, isComplete: Bool) {
        var response = ClientResponse()
        response.framing = framing
        response.bytes = bytes
        #expect(!response.isComplete)
        response.hasStarted = true
        #expect(response.isComplete == isComplete)
        response.pendingHead = ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\n")
        #expect(!response.isComplete)
    }

    @Test("A response is taken back only while nothing of it has gone out")
    func withdrawing() {
        var response = ClientResponse()
        #expect(withdraws(&response))
        response.hasStarted = true
        response.framing = .chunked
        response.pendingHead = ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\n")
        #expect(withdraws(&response))
        #expect(!response.hasStarted && response.pendingHead == nil)
        response.hasStarted = true
        #expect(!withdraws(&response))
        #expect(response.hasStarted)
    }

    private func withdraws(_ response: inout ClientResponse) -> Bool { response.withdraw() }
}
