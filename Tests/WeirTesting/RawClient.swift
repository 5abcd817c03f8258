import NIOCore
import NIOPosix

/// A client that writes the bytes it is told to and reads what comes.
package struct RawClient: Sendable {
    /// The bytes themselves.
    package let wire: WireConnection

    /// - Parameter receiveBuffer: bytes that the system takes in ahead of ``WireConnection/pauseReading()``; the system
    ///   decides where nil.
    package static func connect(
        port: Int,
        host: String = "127.0.0.1",
        limit: Duration = .seconds(10),
        receiveBuffer: Int? = nil
    ) async throws -> RawClient {
        let inbox = Watched(WireConnection.Inbox())
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(WireInbound(inbox: inbox))
                }
            }
        if let receiveBuffer {
            let size = SocketOptionValue(receiveBuffer)
            bootstrap = bootstrap.channelOption(.socketOption(.so_rcvbuf), value: size)
        }
        let channel = try await bootstrap.connect(host: host, port: port).get()
        return RawClient(wire: WireConnection(channel: channel, inbox: inbox, limit: limit))
    }

    package func send(_ text: String) async throws { try await wire.send(text) }

    package func send(bytes: some Collection<UInt8> & Sendable) async throws { try await wire.send(bytes: bytes) }

    /// A whole request without a body, or with one of known length.
    package func request(_ method: String = "GET", _ target: String, fields: String = "", body: String? = nil)
        async throws -> ReceivedResponse
    {
        let length = body.map { "Content-Length: \($0.utf8.count)\r\n" } ?? ""
        try await send("\(method) \(target) HTTP/1.1\r\nHost: weir.test\r\n\(length)\(fields)\r\n\(body ?? "")")
        return try await response(to: method)
    }

    /// The next response, whole, with the 1xx heads before it.
    package func response(to method: String = "GET") async throws -> ReceivedResponse {
        var informational: [WireHead] = []
        while true {
            let head = try await wire.readHead()
            guard (100..<200).contains(head.status), head.status != 101 else {
                let body = try await wire.readBody(ofResponse: head, to: method)
                return ReceivedResponse(informational: informational, head: head, body: body)
            }
            informational.append(head)
        }
    }

    package func close() async { await wire.close() }
    package func reset() async { await wire.reset() }
    @discardableResult
    package func expectEnd() async throws -> WireEnd { try await wire.expectEnd() }
}

/// Runs a test with a client connected to `port`, and closes it whatever happens.
package nonisolated(nonsending) func withRawClient<Result>(
    port: Int,
    limit: Duration = .seconds(10),
    receiveBuffer: Int? = nil,
    _ body: nonisolated(nonsending) (RawClient) async throws -> Result
) async throws -> Result {
    let client = try await RawClient.connect(port: port, limit: limit, receiveBuffer: receiveBuffer)
    do {
        let result = try await body(client)
        await client.close()
        return result
    } catch {
        await client.close()
        throw error
    }
}
