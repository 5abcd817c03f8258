import NIOCore
import Testing
import WeirHTTP
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Parts of what is stored.
@Suite struct RangeTests {
    private static let body = "0123456789"
    private static let fields =
        "Cache-Control: max-age=60\r\nContent-Type: application/octet-stream\r\nETag: \"v1\"\r\n"
        + "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nX-Own: 1\r\n"

    /// With one answer stored.
    private static func withStored(
        fields: String = fields,
        body: String = body,
        _ check: @escaping @Sendable (Weir) async throws -> Void
    ) async throws {
        try await withWeir(routes: HTTPCacheTests.routes) { _, connection in
            try await connection.respond(fields: fields, body: body)
        } _: { weir in
            #expect(try await weir.request().text == body)
            try await check(weir)
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test(
        "one range is a 206 with that part",
        arguments: [
            ("bytes=0-0", "0", "0-0"), ("bytes=2-5", "2345", "2-5"), ("bytes=7-", "789", "7-9"),
            ("bytes=-2", "89", "8-9"), ("bytes=4-5,5-6, 0-3", "0123456", "0-6"), ("bytes=0-", body, "0-9"),
        ]
    )
    func one(range: String, part: String, position: String) async throws {
        try await Self.withStored { weir in
            let response = try await weir.request(fields: "Range: \(range)\r\n")
            #expect(response.status == 206 && response.text == part)
            #expect(response["Content-Range"] == "bytes \(position)/10")
            #expect(response["Content-Length"] == String(part.utf8.count))
            #expect(response["Content-Type"] == "application/octet-stream" && response["ETag"] == "\"v1\"")
            #expect(response["X-Own"] == "1" && response["Age"] == "0" && response["Via"] == "1.1 weir")
            #expect(response["Cache-Status"] == "weir; hit; ttl=60")
        }
    }

    @Test("several are a 206 in parts, in the order of the request, each with its own fields")
    func several() async throws {
        try await Self.withStored { weir in
            let response = try await weir.request(fields: "Range: bytes=8-, 0-1, 4-4\r\n")
            let type = try #require(response["Content-Type"])
            #expect(response.status == 206 && response["Content-Range"] == nil)
            #expect(type.hasPrefix("multipart/byteranges; boundary=weir-"))
            let boundary = try #require(type.split(separator: "=").last)
            let expected = ["8-9 89", "0-1 01", "4-4 4"].map { part in
                let words = part.split(separator: " ")
                return "--\(boundary)\r\nContent-Type: application/octet-stream\r\n"
                    + "Content-Range: bytes \(words[0])/10\r\n\r\n\(words[1])\r\n"
            }
            #expect(response.text == expected.joined() + "--\(boundary)--\r\n")
            #expect(response["Content-Length"] == String(response.text.utf8.count))
            let again = try await weir.request(fields: "Range: bytes=8-, 0-1, 4-4\r\n")
            #expect(again["Content-Type"] != type)
        }
    }

    @Test("a range that is not there is a 416 that says how much there is; the connection goes on")
    func unsatisfiable() async throws {
        try await Self.withStored { weir in
            try await withRawClient(port: weir.port) { client in
                let response = try await client.get("/", fields: "Range: bytes=10-\r\n")
                #expect(response.status == 416 && response["Content-Range"] == "bytes */10")
                #expect(try response.error().code == "range_not_satisfiable")
                #expect(response["Cache-Status"] == "weir; hit; ttl=60")
                #expect(try await client.get("/", fields: "Range: bytes=9-\r\n").text == "9")
            }
        }
    }

    @Test(
        "who asks for what is no part, or no part of this, gets the whole",
        arguments: [
            "Range: lines=0-1\r\n", "Range: bytes=5-2\r\n", "Range: bytes=0-1\r\nRange: bytes=2-3\r\n",
            "Range: bytes=0-1\r\nIf-Range: \"v0\"\r\n", "Range: bytes=0-1\r\nIf-Range: W/\"v1\"\r\n",
            "Range: bytes=0-1\r\nIf-Range: Sun, 06 Nov 1994 08:49:38 GMT\r\n",
            "Range: bytes=" + (0...32).map { "\($0)-\($0)" }.joined(separator: ",") + "\r\n",
        ]
    )
    func whole(fields: String) async throws {
        try await Self.withStored { weir in
            let response = try await weir.request(fields: fields)
            #expect(response.status == 200 && response.text == Self.body && response["Content-Range"] == nil)
        }
    }

    @Test("conditions come first: a 304 is one with a range too; If-Range lets through what it names")
    func conditions() async throws {
        try await Self.withStored { weir in
            let unmodified = try await weir.request(fields: "Range: bytes=0-1\r\nIf-None-Match: \"v1\"\r\n")
            #expect(unmodified.status == 304)
            let modified = try await weir.request(fields: "Range: bytes=0-1\r\nIf-None-Match: \"v0\"\r\n")
            #expect(modified.status == 206 && modified.text == "01")
            for validator in ["\"v1\"", "Sun, 06 Nov 1994 08:49:37 GMT"] {
                let part = try await weir.request(fields: "Range: bytes=0-1\r\nIf-Range: \(validator)\r\n")
                #expect(part.status == 206 && part.text == "01")
            }
            let head = try await weir.request("HEAD", "/", fields: "Range: bytes=0-1\r\n")
            #expect(head.status == 200 && head["Content-Length"] == "10")
        }
    }

    @Test("a coding has ranges of its own bytes, under its own tag, and none while it is made")
    func coding() async throws {
        let body = String(repeating: "compressible ", count: 1_000)
        let fields =
            "Cache-Control: max-age=60\r\nContent-Type: text/plain\r\nETag: \"v1\"\r\n"
            + "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\n"
        try await Self.withStored(fields: fields, body: body) { weir in
            // The first ones may come before the compressed form is there.
            var whole = try await weir.request(fields: "Accept-Encoding: gzip\r\n")
            while whole["Content-Encoding"] == nil {
                // Nothing is compressed to be cut up: until then the parts are those of the other form.
                let part = try await weir.request(fields: "Accept-Encoding: gzip\r\nRange: bytes=0-3\r\n")
                #expect(part.status == 206 && (part["Content-Encoding"] == "gzip") != (part.text == "comp"))
                whole = try await weir.request(fields: "Accept-Encoding: gzip\r\n")
            }
            #expect(whole["ETag"] == "\"v1-gzip\"" && whole["Content-Encoding"] == "gzip")
            let part = try await weir.request(
                fields: "Accept-Encoding: gzip\r\nRange: bytes=5-24\r\nIf-Range: \"v1-gzip\"\r\n"
            )
            #expect(part.status == 206 && part["Content-Encoding"] == "gzip" && part["ETag"] == "\"v1-gzip\"")
            #expect(part["Content-Range"] == "bytes 5-24/\(whole.body.bytes.count)")
            #expect(part.body.bytes == Array(whole.body.bytes[5..<25]))
            let plain = try await weir.request(fields: "Range: bytes=5-24\r\n")
            #expect(plain.status == 206 && plain["Content-Encoding"] == nil && plain["ETag"] == "\"v1\"")
            #expect(plain.text == String(body.dropFirst(5).prefix(20)) && plain["Vary"] == "Accept-Encoding")
            // Both forms have one date.
            let dated = "Range: bytes=5-24\r\nIf-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
            #expect(try await weir.request(fields: dated).text == body)
            // A part of the other form is not what this client has.
            let other = try await weir.request(fields: "Range: bytes=5-24\r\nIf-Range: \"v1-gzip\"\r\n")
            #expect(other.status == 200 && other.text == body)
        }
    }

    @Test("where only a coding is stored, who does not take it gets the whole, decoded")
    func decoded() async throws {
        let gzip = Array(GzipEncoder.compress(ByteBuffer(string: CodingTests.text)).readableBytesView)
        try await withWeir(routes: CodingTests.cached) { _, connection in
            try await connection.send(
                "HTTP/1.1 200 OK\r\n\(CodingTests.fields)Content-Encoding: gzip\r\nContent-Length: \(gzip.count)\r\n\r\n"
            )
            try await connection.send(bytes: gzip)
        } _: { weir in
            #expect(try await weir.request(fields: "Accept-Encoding: gzip\r\n").body.bytes == gzip)
            let part = try await weir.request(fields: "Range: bytes=0-9\r\nAccept-Encoding: gzip\r\n")
            #expect(part.status == 206 && part.body.bytes == Array(gzip[0..<10]))
            let whole = try await weir.request(fields: "Range: bytes=0-9\r\nAccept-Encoding: identity\r\n")
            #expect(whole.status == 200 && whole.text == CodingTests.text)
            #expect(weir.origin.requests.count == 1)
        }
    }

    @Test("a range of what is not stored is the origin's to give, and is not stored; stale, it is asked for whole")
    func notStored() async throws {
        try await withWeir(routes: HTTPCacheTests.routes) { request, connection in
            if request["If-None-Match"] != nil {
                return try await connection.respond(status: "304 Not Modified", fields: Self.fields)
            }
            guard request["Range"] == nil else {
                return try await connection.respond(
                    status: "206 Partial Content",
                    fields: Self.fields + "Content-Range: bytes 0-1/10\r\n",
                    body: "01"
                )
            }
            try await connection.respond(fields: Self.fields, body: Self.body)
        } _: { weir in
            for _ in 0..<2 {
                let part = try await weir.request(fields: "Range: bytes=0-1\r\n")
                #expect(part.status == 206 && part.text == "01" && part["Content-Range"] == "bytes 0-1/10")
                #expect(part["Cache-Status"] == "weir; fwd=uri-miss")
            }
            #expect(try await weir.request().text == Self.body)
            weir.clock.advance(by: .seconds(61))
            let part = try await weir.request(fields: "Range: bytes=3-4\r\n")
            #expect(part.status == 206 && part.text == "34" && part["Content-Range"] == "bytes 3-4/10")
            #expect(weir.origin.requests.map { $0["Range"] } == ["bytes=0-1", "bytes=0-1", nil, nil])
        }
    }

    @Test("a large part comes whole, to a client that reads it slowly too")
    func large() async throws {
        let body = String(decoding: patternBytes(count: 3 << 20).map { $0 & 0x7F }, as: UTF8.self)
        try await Self.withStored(body: body) { weir in
            let part = try await weir.request(fields: "Range: bytes=1000-2999999, 3000001-3000002\r\n")
            #expect(part.status == 206)
            let expected = String(body.dropFirst(1_000).prefix(2_999_000))
            #expect(part.text.contains("Content-Range: bytes 1000-2999999/3145728\r\n\r\n" + expected + "\r\n--weir-"))
        }
    }
}
