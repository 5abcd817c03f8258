import NIOCore
import Testing
import WeirCache
import WeirTesting
import WeirUpstream

@testable import WeirProxy

/// Revalidations that go wrong.
@Suite struct RevalidationFaultTests {
    private static let routes = HTTPCacheTests.routes(RouteCacheSettings(mode: .http, tags: ["t"]))

    @Test(
        "what is purged while the upstream is asked about it is not brought back by a 304: it is fetched anew, once",
        arguments: ["all", "key", "tag", "its own tag", "path", "write"]
    )
    func purgedMeanwhile(kind: String) async throws {
        let gate = Gate()
        let begun = Gate()
        try await withWeir(routes: Self.routes) { request, connection in
            guard request.method == "GET" else { return try await connection.respond() }
            if request["If-None-Match"] != nil {
                begun.open()
                try await gate.wait()
                return try await connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"v\"\r\n\r\n")
            }
            try await connection.respond(
                fields: "Cache-Control: max-age=60\r\nETag: \"v\"\r\nSurrogate-Key: own\r\n",
                body: begun.isOpen ? "new" : "old"
            )
        } _: { weir in
            #expect(try await weir.request().text == "old")
            let key = try #require(weir.key())
            weir.clock.advance(by: .seconds(61))
            let responses = try await FlightTests.crowd(4, of: weir) {
                try await begun.wait()
                try await weir.waitForFollowers(3)
                let proxy = weir.proxy
                switch kind {
                case "all": #expect(proxy.purge(.all) == 1)
                case "key": #expect(proxy.purge(.key(key)) == 1)
                case "tag": #expect(proxy.purge(.tags(["t"])) == 1)
                case "its own tag": #expect(proxy.purge(.tags(["own"])) == 1)
                case "path": #expect(proxy.purge(.pattern(GlobPattern("/*"))) == 1)
                default: #expect(try await weir.request("POST", "/", body: "x").status == 200)
                }
                gate.open()
            }
            for response in responses { #expect(response.status == 200 && response.text == "new") }
            #expect(
                weir.origin.requests.filter { $0.method == "GET" }.map { $0["If-None-Match"] } == [nil, "\"v\"", nil]
            )
            let hit = try await weir.request()
            #expect(hit.text == "new" && hit["Cache-Status"] == "weir; hit; ttl=60")
        }
    }

    @Test("a purge of something else does not")
    func otherPurged() async throws {
        let gate = Gate()
        let begun = Gate()
        try await withWeir(routes: Self.routes) { request, connection in
            if request["If-None-Match"] != nil {
                begun.open()
                try await gate.wait()
                return try await connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"v\"\r\n\r\n")
            }
            try await connection.respond(fields: "Cache-Control: max-age=60\r\nETag: \"v\"\r\n", body: "old")
        } _: { weir in
            _ = try await weir.request()
            weir.clock.advance(by: .seconds(61))
            async let response = weir.request()
            try await begun.wait()
            #expect(weir.proxy.purge(.tags(["other"])) == 0 && weir.proxy.purge(.pattern(GlobPattern("/other*"))) == 0)
            gate.open()
            #expect(try await response["Cache-Status"] == "weir; fwd=stale; fwd-status=304")
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test(
        "a failed revalidation leaves what is stored as it was: served in its time, confirmed when the origin is back",
        arguments: ["500", "503", "reset", "malformed"],
        [0, 100]
    )
    func failed(fault: String, staleIfError: Int) async throws {
        let isFailing = Watched(false)
        try await withWeir(routes: Self.routes, configure: { $0.upstreams[0].retry.attempts = 1 }) { connection in
            while let request = try await connection.nextRequest() {
                if isFailing.value {
                    switch fault {
                    case "reset": return await connection.reset()
                    case "malformed": return try await connection.send("nonsense\r\n\r\n")
                    default:
                        try await connection.respond(
                            status: "\(fault) No",
                            fields: "Cache-Control: max-age=60\r\nETag: \"v\"\r\n",
                            body: "failed"
                        )
                    }
                } else if request["If-None-Match"] == "\"v\"" {
                    try await connection.send("HTTP/1.1 304 Not Modified\r\nETag: \"v\"\r\n\r\n")
                } else {
                    try await connection.respond(
                        fields: "Cache-Control: max-age=60, stale-if-error=\(staleIfError)\r\nETag: \"v\"\r\n",
                        body: "good"
                    )
                }
            }
        } _: { weir in
            #expect(try await weir.request().text == "good")
            isFailing.update { $0 = true }
            weir.clock.advance(by: .seconds(61))
            let meanwhile = try await weir.request()
            if staleIfError > 0 {
                #expect(meanwhile.status == 200 && meanwhile.text == "good")
                #expect(meanwhile["Cache-Status"]?.hasSuffix("ttl=-1; detail=stale-if-error") == true)
            } else {
                #expect(meanwhile.status == (Int(fault) ?? 502) && meanwhile.text != "good")
            }
            isFailing.update { $0 = false }
            let confirmed = try await weir.request()
            // An origin that says of its own failure how long it may be kept is taken at its word.
            guard staleIfError > 0 || Int(fault) == nil else {
                return #expect(confirmed["Cache-Status"] == "weir; hit; ttl=60")
            }
            #expect(confirmed.text == "good" && confirmed["Cache-Status"] == "weir; fwd=stale; fwd-status=304")
            #expect(try await weir.request()["Cache-Status"] == "weir; hit; ttl=60")
        }
    }

    @Test(
        "another body under the same strong tag: one body or the other, whole, never a mixture",
        arguments: [true, false]
    )
    func sameTag(isConfirmed: Bool) async throws {
        let old = String(repeating: "old ", count: 300)
        let new = "new"
        let isChanged = Watched(false)
        try await withWeir(routes: Self.routes) { request, connection in
            guard isChanged.value else {
                return try await connection.respond(
                    fields: "Cache-Control: max-age=60\r\nETag: \"v\"\r\nX-Version: old\r\n",
                    body: old
                )
            }
            if isConfirmed, request["If-None-Match"] == "\"v\"" {
                // What it says of the body is of the new one.
                return try await connection.send(
                    "HTTP/1.1 304 Not Modified\r\nETag: \"v\"\r\nContent-Length: \(new.utf8.count)\r\n"
                        + "Content-Encoding: gzip\r\nContent-Range: bytes 0-1/3\r\nX-Version: new\r\n\r\n"
                )
            }
            try await connection.respond(
                fields: "Cache-Control: max-age=60\r\nETag: \"v\"\r\nX-Version: new\r\n",
                body: new
            )
        } _: { weir in
            #expect(try await weir.request().text == old)
            isChanged.update { $0 = true }
            weir.clock.advance(by: .seconds(61))
            let body = isConfirmed ? old : new
            let whole = try await weir.request()
            #expect(whole.status == 200 && whole.text == body && whole["Content-Range"] == nil)
            for fields in ["Range: bytes=0-1\r\nIf-Range: \"v\"\r\n", "Range: bytes=0-1\r\n"] {
                let part = try await weir.request(fields: fields)
                #expect(part.status == 206 && part.text == String(body.prefix(2)))
                #expect(part.head.values("Content-Range") == ["bytes 0-1/\(body.utf8.count)"])
                #expect(part["Content-Length"] == "2" && part["X-Version"] == "new")
                #expect(part["Content-Encoding"] == nil && part["ETag"] == "\"v\"")
            }
            #expect(weir.origin.requests.count == 2)
        }
    }
}

extension Weir {
    /// The key of what a plain GET of `/` stores.
    fileprivate func key() -> CacheKey? {
        guard let head = try? requestHead("GET", "/", ("Host", "weir.test")) else { return nil }
        return HTTPKey(
            upstream: "app",
            isSecure: false,
            head: head,
            settings: KeySettings(),
            builder: CacheKeyBuilder()
        ).entry
    }
}
