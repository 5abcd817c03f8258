import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirTesting

@testable import WeirProxy

/// gzip on the way to clients: made, undone, kept, and never where it must not be.
@Suite struct CodingTests {
    /// Compressible, and of some length.
    static let text = (0..<400).map { "line \($0) of a text\n" }.joined()
    static let cached = [RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http))]
    static let fields = "Content-Type: text/plain\r\nCache-Control: max-age=60\r\n"

    /// The body with its coding undone, and whether it had one.
    static func decoded(_ response: ReceivedResponse) throws -> (text: String, isGzip: Bool) {
        guard response["Content-Encoding"] == "gzip" else { return (response.text, false) }
        let whole = ByteBuffer(bytes: response.body.bytes)
        return (String(buffer: try GzipDecoder.decompress(whole, maximumOutput: nil)), true)
    }

    @Test("one text, whoever asks and whenever: on the miss, from the store, and once it is compressed there")
    func oneText() async throws {
        try await withWeir(routes: Self.cached) { _, connection in
            try await connection.respond(fields: Self.fields + "ETag: \"v1\"\r\nVary: X\r\n", body: Self.text)
        } _: { weir in
            let miss = try await weir.request(fields: "Accept-Encoding: compress, gzip\r\n")
            #expect(try Self.decoded(miss) == (Self.text, true))
            #expect(miss["ETag"] == "W/\"v1-gzip\"" && miss.head.values("Vary") == ["X", "Accept-Encoding"])
            #expect(miss["Cache-Status"] == "weir; fwd=uri-miss; stored")
            // The first hits may come before the compressed form is there: nothing is compressed for them.
            var hits: [ReceivedResponse] = []
            repeat {
                hits.append(try await weir.request(fields: "Accept-Encoding: gzip\r\n"))
            } while hits.last?["Content-Encoding"] == nil
            for hit in hits {
                let isGzip = hit["Content-Encoding"] != nil
                #expect(try Self.decoded(hit) == (Self.text, isGzip) && hit["Content-Length"] != nil)
                #expect(hit["ETag"] == (isGzip ? "\"v1-gzip\"" : "\"v1\""))
                #expect(hit.head.values("Vary") == ["X", "Accept-Encoding"])
                #expect(hit["Cache-Status"] == "weir; hit; ttl=60" && hit["Age"] == "0")
            }
            let plain = try await weir.request()
            #expect(try Self.decoded(plain) == (Self.text, false))
            #expect(plain["ETag"] == "\"v1\"" && plain.head.values("Vary") == ["X", "Accept-Encoding"])
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("each coding's tag is not modified for who has that coding", arguments: [true, false])
    func unmodified(isStored: Bool) async throws {
        try await withWeir(routes: Self.cached) { request, connection in
            #expect(request["If-None-Match"] == nil)
            try await connection.respond(
                fields: Self.fields + "ETag: \"v1\"\r\nVary: X\r\n",
                body: Self.text
            )
        } _: { weir in
            if isStored { _ = try await weir.request() }
            for (accepted, own, other) in [("gzip", "v1-gzip", "v1"), ("identity", "v1", "v1-gzip")] {
                let fields = "Accept-Encoding: \(accepted)\r\nIf-None-Match: "
                let target = isStored ? "/" : "/\(accepted)"
                let unmodified = try await weir.request("GET", target, fields: fields + "\"\(own)\"\r\n")
                #expect(unmodified.status == 304)
                // What is compressed on its way has no bytes of its own to stand for.
                #expect(unmodified.head.values("ETag") == [accepted == "gzip" ? "W/\"v1-gzip\"" : "\"v1\""])
                #expect(unmodified.head.values("Vary") == ["X", "Accept-Encoding"])
                if isStored {
                    // Once the form is there that this client likes best.
                    let coding = accepted == "gzip" ? "gzip" : nil
                    let plain = "Accept-Encoding: \(accepted)\r\n"
                    while try await weir.request("GET", target, fields: plain)["Content-Encoding"] != coding {}
                    let whole = try await weir.request("GET", target, fields: fields + "\"\(other)\"\r\n")
                    #expect(whole.status == 200)
                }
            }
        }
    }

    @Test("a route that passes compresses too, and takes its suffix off tags that come back")
    func passing() async throws {
        try await withWeir { request, connection in
            if request["If-None-Match"] == "\"v1\"" {
                return try await connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n")
            }
            try await connection.respond(fields: Self.fields + "ETag: \"v1\"\r\n", body: Self.text)
        } _: { weir in
            let first = try await weir.request(fields: "Accept-Encoding: gzip\r\n")
            #expect(try Self.decoded(first) == (Self.text, true))
            #expect(first["ETag"] == "W/\"v1-gzip\"" && first.body.framing == .chunked)
            let second = try await weir.request(
                fields: "Accept-Encoding: gzip\r\nIf-None-Match: \"v1-gzip\", \"v0\"\r\n"
            )
            #expect(weir.origin.requests[1]["If-None-Match"] == "\"v1\", \"v0\"")
            #expect(second.status == 200)
            let third = try await weir.request(fields: "Accept-Encoding: gzip\r\nIf-None-Match: \"v1-gzip\"\r\n")
            #expect(third.status == 304 && third.head.values("ETag") == ["W/\"v1-gzip\""])
            let plain = try await weir.request(fields: "If-None-Match: \"v1\"\r\n")
            #expect(plain.status == 304 && plain.head.values("ETag") == ["\"v1\""])
            // The origin's ranges are of its own bytes: a tag with a suffix must not fit them.
            _ = try await weir.request(fields: "Range: bytes=1-2\r\nIf-Range: \"v1-gzip\"\r\n")
            #expect(weir.origin.requests.last?["If-Range"] == "\"v1-gzip\"")
        }
    }

    @Test("what says it is gzip and is not does no harm: who cannot take it gets what the origin has for it")
    func undecodable() async throws {
        try await withWeir(routes: Self.cached) { request, connection in
            guard request["Accept-Encoding"] == "gzip" else {
                return try await connection.respond(fields: Self.fields, body: "plain")
            }
            try await connection.respond(fields: Self.fields + "Content-Encoding: gzip\r\n", body: "this is no gzip")
        } _: { weir in
            for _ in 0..<2 {
                let broken = try await weir.request(fields: "Accept-Encoding: gzip\r\n")
                #expect(broken.text == "this is no gzip" && broken["Content-Encoding"] == "gzip")
                let plain = try await weir.request(fields: "Accept-Encoding: identity\r\n")
                #expect(plain.text == "plain")
                #expect(plain["Cache-Status"] == "weir; fwd=bypass; detail=undecodable")
                #expect(weir.proxy.store.statistics.entries == 0)
            }
            // Asked for it on its account too, before it has stored anything.
            #expect(try await weir.request("GET", "/b", fields: "Accept-Encoding: identity\r\n").text == "plain")
        }
    }

    @Test("what an origin compressed is decoded for who does not take it, before and after it is stored")
    func upstreamGzip() async throws {
        let gzip = Array(GzipEncoder.compress(ByteBuffer(string: Self.text)).readableBytesView)
        try await withWeir(routes: Self.cached) { request, connection in
            #expect(request["Accept-Encoding"] == "gzip")
            try await connection.send(
                "HTTP/1.1 200 OK\r\n\(Self.fields)Content-Encoding: gzip\r\nETag: \"v1\"\r\n"
                    + "Content-Length: \(gzip.count)\r\n\r\n"
            )
            try await connection.send(bytes: gzip)
        } _: { weir in
            for target in ["/a", "/b"] {
                let orders = target == "/a" ? ["identity", "gzip", "identity", "gzip"] : ["gzip", "identity", "gzip"]
                for accepted in orders {
                    let response = try await weir.request("GET", target, fields: "Accept-Encoding: \(accepted)\r\n")
                    #expect(try Self.decoded(response) == (Self.text, accepted == "gzip"))
                    #expect(response["ETag"] == (accepted == "gzip" ? "\"v1\"" : "\"v1-identity\""))
                    #expect(response["Vary"] == "Accept-Encoding")
                }
                let tag = "If-None-Match: \"v1-identity\"\r\n"
                #expect(try await weir.request("GET", target, fields: tag).status == 304)
            }
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("gzip that is broken further on breaks the response off")
    func brokenGzip() async throws {
        let text = (0..<10_000).map { String($0 &* 7_919) }.joined(separator: " ")
        var gzip = Array(GzipEncoder.compress(ByteBuffer(string: text)).readableBytesView)
        for index in gzip.count / 2..<gzip.count { gzip[index] = 0xFF }
        try await withWeir(routes: Self.cached) { [gzip] _, connection in
            try await connection.send(
                "HTTP/1.1 200 OK\r\n\(Self.fields)Content-Encoding: gzip\r\nContent-Length: \(gzip.count)\r\n\r\n"
            )
            try await connection.send(bytes: gzip)
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                let (bytes, _) = try await client.wire.readToEnd()
                #expect(String(decoding: bytes, as: UTF8.self).contains("0 7919 15838"))
                #expect(!String(decoding: bytes, as: UTF8.self).contains("\r\n0\r\n\r\n"))
            }
        }
    }

    @Test(
        "q-values decide, then Weir's preference; a stored answer is compressed once for each coding asked for",
        arguments: [
            ("gzip;q=0", nil), ("gzip;q=0.1", .gzip), ("gzip;q=0.1, identity;q=0.5", nil), ("*", .brotli),
            ("*;q=0", nil), ("br", .brotli), ("", nil), ("deflate", nil), ("gzip, deflate, br, zstd", .brotli),
            ("gzip, zstd", .zstd), ("zstd;q=0.9, gzip, br;q=0.9", .gzip), ("br;q=0, *", .zstd),
        ] as [(String, ContentCoding?)]
    )
    func negotiated(accepted: String, coding: ContentCoding?) async throws {
        let token = coding.map { "\($0.token)" }
        let stored = coding.map { CompressionLevels().compress(ByteBuffer(string: Self.text), $0) }
        try await withWeir(routes: Self.cached) { _, connection in
            try await connection.respond(fields: Self.fields + "ETag: \"v1\"\r\n", body: Self.text)
        } _: { weir in
            let fields = "Accept-Encoding: \(accepted)\r\n"
            let miss = try await weir.request(fields: fields)
            #expect(miss["Content-Encoding"] == token && miss["Vary"] == "Accept-Encoding")
            var hit = try await weir.request(fields: fields)
            while hit["Content-Encoding"] != token {
                // It was not there yet: what came is sent meanwhile.
                #expect(hit["Content-Encoding"] == nil && hit.text == Self.text && hit["ETag"] == "\"v1\"")
                hit = try await weir.request(fields: fields)
            }
            #expect(hit.body.bytes == Array((stored ?? ByteBuffer(string: Self.text)).readableBytesView))
            let tag = token.map { "\"v1-\($0)\"" } ?? "\"v1\""
            #expect(hit["ETag"] == tag && hit["Content-Length"] == "\(hit.body.bytes.count)")
            #expect(try await weir.request(fields: fields + "If-None-Match: \(tag)\r\n").status == 304)
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("a client that has a coding hears that it is good, whether or not that is stored")
    func unmodifiedUnready() async throws {
        try await withWeir(routes: Self.cached, configure: { $0.compression.pending = 0 }) { _, connection in
            try await connection.respond(fields: Self.fields + "ETag: \"v1\"\r\n", body: Self.text)
        } _: { weir in
            _ = try await weir.request()
            for coding in ["gzip", "br", "zstd"] {
                let fields = "Accept-Encoding: \(coding)\r\n"
                let same = try await weir.request(fields: fields + "If-None-Match: \"v1-\(coding)\"\r\n")
                #expect(same.status == 304 && same["ETag"] == "W/\"v1-\(coding)\"")
                // Nothing may wait to be compressed here, so it is sent as it came, every time.
                for _ in 0..<3 {
                    let hit = try await weir.request(fields: fields)
                    #expect(hit["Content-Encoding"] == nil && hit.text == Self.text && hit["ETag"] == "\"v1\"")
                }
                // Who takes nothing else gets it all the same.
                let only = try await weir.request(fields: "Accept-Encoding: \(coding), identity;q=0\r\n")
                #expect(only["Content-Encoding"] == coding && only["ETag"] == "W/\"v1-\(coding)\"")
            }
        }
    }

    @Test("what is switched off, or too short by the configuration, is not compressed")
    func settings() async throws {
        try await withWeir(
            routes: Self.cached,
            configure: {
                $0.compression.codings = [.zstd]
                $0.compression.policy.minimumLength = 6_000
            }
        ) { request, connection in
            let body = request.target == "/short" ? String(Self.text.prefix(5_999)) : Self.text
            try await connection.respond(fields: Self.fields, body: body)
        } _: { weir in
            let all = "Accept-Encoding: gzip, br, zstd;q=0.1\r\n"
            #expect(try await weir.request("GET", "/long", fields: all)["Content-Encoding"] == "zstd")
            #expect(try await weir.request("GET", "/short", fields: all)["Content-Encoding"] == nil)
            let others = try await weir.request("GET", "/other", fields: "Accept-Encoding: gzip, br\r\n")
            #expect(others["Content-Encoding"] == nil && others.text == Self.text)
        }
    }

    @Test(
        "what must not be transformed is not, whoever says so",
        arguments: [
            (request: "", response: "Cache-Control: max-age=60, no-transform\r\nContent-Type: text/plain\r\n"),
            (request: "Cache-Control: no-transform\r\n", response: Self.fields),
            (request: "", response: "Cache-Control: max-age=60\r\nContent-Type: image/png\r\n"),
            (request: "", response: "Cache-Control: max-age=60\r\n"),
        ]
    )
    func untouched(request: String, response: String) async throws {
        try await withWeir(routes: Self.cached) { _, connection in
            try await connection.respond(fields: response + "ETag: \"v1\"\r\n", body: Self.text)
        } _: { weir in
            for _ in 0..<2 {
                let response = try await weir.request(fields: "Accept-Encoding: gzip\r\n" + request)
                #expect(try Self.decoded(response) == (Self.text, false))
                #expect(response["ETag"] == "\"v1\"" && response["Content-Length"] == "\(Self.text.utf8.count)")
            }
        }
    }

    @Test("event streams pass as they are, event by event, stored or not", arguments: [true, false])
    func eventStream(isCached: Bool) async throws {
        let gates = (0..<3).map { _ in Gate() }
        try await withWeir(routes: isCached ? Self.cached : [RouteSettings(path: "/", upstream: "app")]) {
            _,
            connection in
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            for gate in gates {
                try await gate.wait()
                try await connection.send(chunk: "data: tick\n\n")
            }
            try await connection.send("0\r\n\r\n")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
                let head = try await client.wire.readHead()
                #expect(head["Content-Encoding"] == nil && head["Vary"] == nil)
                for gate in gates {
                    gate.open()
                    #expect(try await client.wire.readChunk() == Array("data: tick\n\n".utf8))
                }
                #expect(try await client.wire.readChunk() == nil)
            }
        }
    }

    @Test("text that streams is compressed and still comes as soon as it is there")
    func streamedText() async throws {
        let gate = Gate()
        try await withWeir { _, connection in
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            try await connection.send(chunk: "first ")
            try await gate.wait()
            try await connection.send(chunk: "second")
            try await connection.send("0\r\n\r\n")
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n")
                #expect(try await client.wire.readHead()["Content-Encoding"] == "gzip")
                let decoder = GzipDecoder(maximumOutput: nil)
                var text = ""
                while let chunk = try await client.wire.readChunk() {
                    text += String(buffer: try decoder.decode(ByteBuffer(bytes: chunk)))
                    if text == "first " { gate.open() }
                }
                #expect(text == "first second")
            }
        }
    }
}
