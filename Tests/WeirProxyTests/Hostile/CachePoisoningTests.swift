import Testing
import WeirCache
import WeirHTTP
import WeirTesting

@testable import WeirProxy

/// One client's request must not decide what another gets, however trusting the origin behind Weir is.
@Suite("Cache poisoning")
struct CachePoisoningTests {
    private static let routes = [RouteSettings(path: "/", upstream: "app", cache: RouteCacheSettings(mode: .http))]

    /// An origin that believes every field, says so in its answer, and lets everybody keep it.
    private static let reflecting: Answer = { request, connection in
        let told = ["x-request-id", "traceparent"]
        let fields = request.head.fields.filter { !told.contains($0.name.lowercased()) }
        let seen = ([request.head.startLine] + fields.map { "\($0.name): \($0.value)" } + [request.body.text])
        try await connection.respond(
            fields: "Cache-Control: max-age=60\r\n",
            body: seen.joined(separator: "\n")
        )
    }

    @Test(
        "what a client says besides its URL is in nobody else's answer",
        arguments: [
            "Host: evil.example\r\n", "Host: evil.test:666\r\n", "X-Forwarded-Host: evil\r\n",
            "X-Forwarded-Proto: evil\r\n", "X-Forwarded-Scheme: evil\r\n", "X-Forwarded-Port: evil\r\n",
            "X-Forwarded-Prefix: /evil\r\n", "X-Forwarded-Server: evil\r\n", "X-Forwarded-For: 6.6.6.6\r\n",
            "X-Forwarded-Ssl: evil\r\n", "Forwarded: host=evil\r\n", "X-Host: evil\r\n", "X-Original-URL: /evil\r\n",
            "X-Original-Host: evil\r\n", "X-Rewrite-URL: /evil\r\n", "X-HTTP-Host-Override: evil\r\n",
            "X-Real-IP: 6.6.6.6\r\n", "True-Client-IP: 6.6.6.6\r\n", "CF-Connecting-IP: 6.6.6.6\r\n",
            "X_Forwarded_Host: evil\r\n", "X-Forwarded_Proto: evil\r\n", "Content_Type: evil\r\n",
            "X-HTTP-Method-Override: EVIL\r\n", "X-Method-Override: EVIL\r\n", "X-HTTP-Method: EVIL\r\n",
            "X_HTTP_Method_Override: EVIL\r\n", "Range: bytes=66666666-\r\n", "If-None-Match: \"evil\"\r\n",
            "If-Modified-Since: evil\r\n", "If-Range: \"evil\"\r\nRange: bytes=0-\r\n", "If-Match: \"evil\"\r\n",
            "Accept-Encoding: evil\r\n", "TE: evil\r\n", "Upgrade: evil\r\nConnection: Upgrade\r\n",
            "Upgrade: evil\r\n", "Proxy-Authorization: evil\r\n", "Authorization: evil\r\n", "X-Weir-Tags: evil\r\n",
            "X-Weir-Namespace: evil\r\n", "Content-Length: 4\r\nConnection: close\r\n\r\nevil",
            "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n4\r\nevil\r\n0\r\n\r\n",
        ]
    )
    func reflected(_ fields: String) async throws {
        try await withWeir(routes: Self.routes, answer: Self.reflecting) { weir in
            try await withRawClient(port: weir.port) { attacker in
                let host = fields.hasPrefix("Host:") ? "" : "Host: weir.test\r\n"
                try await attacker.send("GET /page HTTP/1.1\r\n\(host)\(fields)\r\n")
                _ = try await attacker.response()
            }
            for _ in 0..<2 {
                let text = try await weir.request("GET", "/page").text.lowercased()
                #expect(text.hasPrefix("get /page http/1.1\nhost: "))
                #expect(!text.contains("evil") && !text.contains("66666666") && !text.contains("6.6.6.6"), "\(text)")
            }
        }
    }

    @Test("an absolute target names no other upstream, and poisons nothing", arguments: ["GET", "HEAD"])
    func absoluteTarget(method: String) async throws {
        try await withWeir(routes: Self.routes, answer: Self.reflecting) { weir in
            try await withRawClient(port: weir.port) { client in
                try await client.send("\(method) http://evil.example/page HTTP/1.1\r\nHost: evil.example\r\n\r\n")
                #expect(try await client.response(to: method).status == 200)
            }
            #expect(weir.origin.requests.map(\.target) == ["/page"])
            let text = try await weir.request("GET", "/page").text
            #expect(text.contains("X-Forwarded-Host: weir.test"))
        }
    }

    @Test(
        "an origin's error is nobody's answer but of the one that caused it, unless the origin asks for it",
        arguments: [
            "400 Bad Request", "403 Forbidden", "404 Not Found", "405 Method Not Allowed", "406 Not Acceptable",
            "408 Request Timeout", "410 Gone", "413 Content Too Large", "414 URI Too Long", "416 Range Not Satisfiable",
            "429 Too Many Requests", "431 Request Header Fields Too Large", "500 Internal Server Error",
            "501 Not Implemented", "502 Bad Gateway", "503 Service Unavailable", "504 Gateway Timeout",
        ]
    )
    func denialOfService(status: String) async throws {
        // Too much for the origin, and not for Weir.
        let oversize = "X-Oversized: \(String(repeating: "a", count: 20_000))\r\n"
        try await withWeir(routes: Self.routes) { request, connection in
            if request["X-Oversized"] != nil {
                try await connection.respond(status: status, fields: "ETag: \"e\"\r\n", body: "no")
            } else {
                try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: "fine")
            }
        } _: { weir in
            let attack = try await weir.request("GET", "/page", fields: oversize)
            #expect(attack.text == "no" && weir.proxy.store.statistics.entries == 0)
            let next = try await weir.request("GET", "/page")
            #expect(next.text == "fine")
            // And the other way round: what is stored is not taken away by the error, and stands in for a failure. Only
            // that the resource is gone ends it.
            let again = try await weir.request("GET", "/page", fields: oversize + "Cache-Control: no-cache\r\n")
            let isFailure = ["429", "500", "502", "503", "504"].contains { status.hasPrefix($0) }
            #expect(again.text == (isFailure ? "fine" : "no"))
            let after = try await weir.request("GET", "/page")
            let isGone = ["404", "410"].contains { status.hasPrefix($0) }
            #expect(after.isHit != isGone && after.text == "fine")
        }
    }
}
