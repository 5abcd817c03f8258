import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirTesting

@testable import WeirProxy

/// Who does not read holds up who writes, and nothing piles up in between.
@Suite(.serialized) struct BackPressureTests {
    private static let count = 64 << 20
    private static let piece = 64 << 10
    /// What the kernel's socket buffers on both sides may hold, and Weir its share: far less than everything.
    private static let bound = 40 << 20
    /// The bytes come again after so many: a prime, so that no piece is like another near it.
    private static let period = 1_048_573
    private static let pattern = patternBytes(count: period)
    private static let repeated = pattern + pattern + pattern

    /// What stands at `position`, up to so many bytes as the period.
    private static func expected(at position: Int, count: Int) -> [UInt8] {
        Array(repeated[position % period..<position % period + count])
    }

    private static func pieceBytes(at offset: Int) -> [UInt8] { expected(at: offset, count: piece) }

    private static func isIntact(_ bytes: [UInt8], at position: Int) -> Bool {
        stride(from: 0, to: bytes.count, by: period).allSatisfy { start in
            let part = Array(bytes[start..<min(start + period, bytes.count)])
            return part == expected(at: position + start, count: part.count)
        }
    }

    enum Mode: String, CaseIterable { case passing, flight, compressed }

    @Test("a response of 64 MiB waits for its reader, and then comes whole", arguments: Mode.allCases)
    func response(mode: Mode) async throws {
        let sent = Watched(0)
        try await withWeir(
            routes: mode == .flight ? HTTPCacheTests.routes : [RouteSettings(path: "/", upstream: "app")],
            configure: { $0.limits.keepAlive = .seconds(10) }
        ) { _, connection in
            let type = mode == .compressed ? "text/plain" : "application/octet-stream"
            try await connection.send(
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Type: \(type)\r\n"
                    + "Content-Length: \(Self.count)\r\n\r\n"
            )
            for offset in stride(from: 0, to: Self.count, by: Self.piece) {
                try await connection.send(bytes: Self.pieceBytes(at: offset))
                sent.update { $0 = offset + Self.piece }
            }
        } _: { weir in
            try await withRawClient(port: weir.port, limit: .seconds(60)) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: weir.test\r\nAccept-Encoding: gzip\r\n\r\n")
                let head = try await client.wire.readHead()
                #expect((head["Content-Encoding"] == "gzip") == (mode == .compressed))
                if mode != .compressed {
                    try await client.wire.pauseReading()
                    for _ in 0..<3 { try await weir.pass(.seconds(11)) }
                    #expect(sent.value < Self.bound)
                    try await client.wire.resumeReading()
                }
                try await Self.expectPattern(client, isChunked: head.isChunked, isGzip: mode == .compressed)
                try await sent.wait(for: "the origin to have sent all") { $0 == Self.count ? () : nil }
            }
        }
    }

    private static func expectPattern(_ client: RawClient, isChunked: Bool, isGzip: Bool) async throws {
        let decoder = GzipDecoder(maximumOutput: nil, maximumRatio: 100_000)
        var position = 0
        while position < count || isChunked {
            guard let bytes = isChunked ? try await client.wire.readChunk() : try await client.wire.readSome() else {
                break
            }
            let received = isGzip ? Array(try decoder.decode(ByteBuffer(bytes: bytes)).readableBytesView) : bytes
            guard !received.isEmpty else { continue }
            guard isIntact(received, at: position) else { throw WireMismatch("other bytes behind \(position)") }
            position += received.count
        }
        #expect(position == count)
    }

    @Test("an upload of 64 MiB waits for its origin, and then arrives whole", arguments: [true, false])
    func upload(isChunked: Bool) async throws {
        let gate = Gate()
        let paused = Gate()
        let sent = Watched(0)
        try await withWeir(
            configure: { $0.limits.keepAlive = .seconds(10) }
        ) { connection in
            let head = try await connection.expectHead()
            try await connection.wire.pauseReading()
            paused.open()
            try await gate.wait()
            try await connection.wire.resumeReading()
            #expect(head.isChunked == isChunked)
            var position = 0
            while position < Self.count {
                guard
                    let bytes = isChunked ? try await connection.wire.readChunk() : try await connection.wire.readSome()
                else { throw WireMismatch("ended behind \(position)") }
                guard Self.isIntact(bytes, at: position) else {
                    throw WireMismatch("other bytes behind \(position)")
                }
                position += bytes.count
            }
            if isChunked { _ = try await connection.wire.read(through: "0\r\n\r\n") }
            try await connection.respond(body: "\(position)")
        } _: { weir in
            try await withRawClient(port: weir.port, limit: .seconds(60)) { client in
                let framing = isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(Self.count)"
                try await client.send("POST / HTTP/1.1\r\nHost: weir.test\r\n\(framing)\r\n\r\n")
                try await paused.wait()
                async let uploaded: Void = {
                    for offset in stride(from: 0, to: Self.count, by: Self.piece) {
                        var bytes = Self.pieceBytes(at: offset)
                        if isChunked { bytes = Array("\(String(Self.piece, radix: 16))\r\n".utf8) + bytes + [13, 10] }
                        try await client.send(bytes: bytes)
                        sent.update { $0 = offset + Self.piece }
                    }
                    if isChunked { try await client.send("0\r\n\r\n") }
                }()
                for _ in 0..<3 { try await weir.pass(.seconds(11)) }
                #expect(sent.value < Self.bound)
                gate.open()
                try await uploaded
                #expect(try await client.response().text == "\(Self.count)")
            }
        }
    }

    @Test("a follower that does not read is cut off visibly; the others get everything")
    func slowFollower() async throws {
        let gate = Gate()
        try await withWeir(
            routes: HTTPCacheTests.routes,
            configure: { $0.cache.maxObject = 1 << 20 }
        ) { _, connection in
            try await connection.send(
                "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            try await gate.wait()
            for offset in stride(from: 0, to: Self.count, by: Self.piece) {
                let bytes = Self.pieceBytes(at: offset)
                try await connection.send(bytes: Array("\(String(Self.piece, radix: 16))\r\n".utf8) + bytes + [13, 10])
            }
            try await connection.send("0\r\n\r\n")
        } _: { weir in
            try await withRawClient(port: weir.port, limit: .seconds(60)) { leader in
                try await leader.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                _ = try await leader.wire.readHead()
                let slow = try await RawClient.connect(port: weir.port)
                try await slow.send("GET / HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                _ = try await slow.wire.readHead()
                try await slow.wire.pauseReading()
                gate.open()
                try await Self.expectPattern(leader, isChunked: true, isGzip: false)
                try await slow.wire.resumeReading()
                let (bytes, _) = try await slow.wire.readToEnd()
                #expect(bytes.count < Self.bound && bytes.suffix(5) != Array("0\r\n\r\n".utf8))
                await slow.close()
            }
        }
    }
}
