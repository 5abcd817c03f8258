/// One connection that a ``ScriptedOrigin`` has accepted, in the hands of its script.
package struct OriginConnection: Sendable {
    /// Which of the origin's connections it is, from 0.
    package let index: Int
    /// The bytes themselves.
    package let wire: WireConnection
    let requests: Watched<[ReceivedRequest]>

    /// The next request, whole; throws where the connection ends instead.
    @discardableResult
    package func expectRequest() async throws -> ReceivedRequest {
        guard let request = try await nextRequest() else { throw WireMismatch("closed before a request") }
        return request
    }

    /// The next request, whole, or nil where the connection closes in good order before one begins.
    package func nextRequest() async throws -> ReceivedRequest? {
        guard let head = try await wire.readHeadIfAny() else { return nil }
        return try await finishRequest(head)
    }

    /// The next request's head; its body is left unread.
    package func expectHead() async throws -> WireHead { try await wire.readHead() }

    /// The body behind a head from ``expectHead()``.
    @discardableResult
    package func finishRequest(_ head: WireHead) async throws -> ReceivedRequest {
        let body = try await wire.readBody(ofRequest: head)
        let request = ReceivedRequest(head: head, body: body, connection: index)
        requests.update { $0.append(request) }
        return request
    }

    package func send(_ text: String) async throws { try await wire.send(text) }

    package func send(bytes: some Collection<UInt8> & Sendable) async throws { try await wire.send(bytes: bytes) }

    /// A whole response with a `Content-Length`.
    package func respond(status: String = "200 OK", fields: String = "", body: String = "") async throws {
        try await send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")
    }

    /// One chunk of a chunked body; an empty one ends the body.
    package func send(chunk text: String) async throws {
        try await send("\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n")
    }

    package func close() async { await wire.close() }
    package func reset() async { await wire.reset() }
    package func cut() async { await wire.cut() }
    @discardableResult
    package func expectEnd() async throws -> WireEnd { try await wire.expectEnd() }
}
