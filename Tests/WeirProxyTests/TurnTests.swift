import NIOCore
import NIOEmbedded
import Testing
import WeirCache
import WeirTesting

@testable import WeirProxy

/// One event loop, several clients: nobody is kept waiting until another has everything.
@Suite struct TurnTests {
    /// What goes out between two looks of the event loop at its sockets.
    private static let mostAtOnce = 2 << 20

    /// A client's connection on an event loop that the test drives; it takes everything at once.
    private struct Client {
        let channel: EmbeddedChannel
        let eventLoop: EmbeddedEventLoop

        init(_ weir: Weir, http2: Bool = false) throws {
            eventLoop = EmbeddedEventLoop()
            let worker = Worker(
                eventLoop: eventLoop,
                shared: weir.proxy.shared,
                generation: weir.proxy.generation,
                slots: weir.proxy.slotCount
            )
            let listener = ListenerState()
            let handler: any ChannelHandler =
                http2
                ? HTTP2Preface(worker: worker, listener: listener)
                : ClientConnection(worker: worker, listener: listener, isSecure: false)
            channel = EmbeddedChannel(handler: handler, loop: eventLoop)
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
        }

        func send(_ text: String) throws { try send(bytes: Array(text.utf8)) }

        func send(bytes: [UInt8]) throws {
            try channel.writeInbound(ByteBuffer(bytes: bytes))
            // All tasks, and those that they add.
            eventLoop.run()
        }

        /// Bytes that have been written since the last look.
        func take() throws -> Int {
            var count = 0
            while let bytes = try channel.readOutbound(as: ByteBuffer.self) { count += bytes.readableBytes }
            return count
        }

        func look() { eventLoop.advanceTime(by: Turns.pause) }
    }

    private nonisolated(nonsending) func withStored(
        bytes: Int,
        _ body: (Weir) throws -> Void
    ) async throws {
        let routes = [RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http))]
        try await withWeir(routes: routes, configure: { $0.cache.maxObject = 16 << 20 }) { _, connection in
            try await connection.send(
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: \(bytes)\r\n\r\n"
            )
            try await connection.send(bytes: patternBytes(count: bytes))
        } _: { weir in
            #expect(try await weir.request().status == 200)
            try await weir.wait(for: "the answer to be stored") { $0.store.entries == 1 }
            try body(weir)
        }
    }

    @Test("a large stored answer goes out in turns, whole")
    func large() async throws {
        try await withStored(bytes: 12 << 20) { weir in
            let client = try Client(weir)
            try client.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
            var (total, looks) = (0, 0)
            while case let count = try client.take(), count > 0 {
                #expect(count <= Self.mostAtOnce)
                total += count
                looks += 1
                client.look()
            }
            #expect(total > 12 << 20 && total < (12 << 20) + 1024)
            #expect(looks >= 4)
            // The next request of the connection is answered alike.
            try client.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
            #expect(try (1...Self.mostAtOnce).contains(client.take()))
            _ = try client.channel.finish(acceptAlreadyClosed: true)
        }
    }

    @Test("so it does over HTTP/2 to a client that gives all the room there is, beside another stream's")
    func largeOverHTTP2() async throws {
        try await withStored(bytes: 12 << 20) { weir in
            let client = try Client(weir, http2: true)
            let most = HTTP2WireFrame.bytes(of: 0x7FFF_0000)
            let room = HTTP2WireFrame(kind: .windowUpdate, payload: most)
            let window = HTTP2WireFrame(kind: .settings, payload: [0, 4] + most)
            let streams: [UInt32] = [1, 3]
            try client.send(
                bytes: Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + window.bytes + room.bytes
                    + streams.flatMap { HTTP2WireFrame.get("/", stream: $0).bytes }
            )
            var (total, looks) = (0, 0)
            while case let count = try client.take(), count > 0 {
                #expect(count <= Self.mostAtOnce)
                total += count
                looks += 1
                client.look()
            }
            #expect(total > 24 << 20 && total < 25 << 20)
            #expect(looks >= 8)
            _ = try client.channel.finish(acceptAlreadyClosed: true)
        }
    }

    @Test("so do the answers to requests sent ahead")
    func pipelined() async throws {
        try await withStored(bytes: 100_000) { weir in
            let client = try Client(weir)
            try client.send(String(repeating: "GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n", count: 100))
            var total = 0
            while case let count = try client.take(), count > 0 {
                #expect(count <= Self.mostAtOnce)
                total += count
                client.look()
            }
            #expect(total > 100 * 100_000)
            _ = try client.channel.finish(acceptAlreadyClosed: true)
        }
    }
}
