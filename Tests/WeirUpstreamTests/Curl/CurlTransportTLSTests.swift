import NIOCore
import Testing
import WeirHTTP
import WeirTesting
import WeirUpstream

/// Against a real nginx, over TLS and HTTP/2.
@Suite("CurlTransport against nginx", .timeLimit(.minutes(2)))
struct CurlTransportTLSTests {
    @Test("A file comes back byte for byte, with its length, over HTTP/2")
    func file() async throws {
        let bytes = patternBytes(count: 300_000)
        try await withNginxOrigin(files: ["file.bin": bytes]) { origin in
            try await withCurl(to: .tls(origin), caFile: origin.caFile) { rig in
                let heard = try await rig.get("/file.bin?a=%2f&b=.")
                #expect(heard.head?.status == 200)
                #expect(heard.head?.version == .http11)
                #expect(heard.head?.framing == .length(300_000))
                #expect(heard.head?.fields.string(named: "accept-ranges") == "bytes")
                #expect(heard.isBody(bytes))
                #expect(heard.bursts > 0)
                #expect(heard.late == 0)
                #expect(try await rig.get("/protocol").text == "HTTP/2.0")
            }
            #expect(try origin.accessLog().first?.hasPrefix("GET /file.bin?a=%2f&b=. HTTP/2.0 200") == true)
        }
    }

    @Test("A path goes out as it is: dots, escapes and empty segments")
    func path() async throws {
        let targets = ["/a/../b/./c", "/x/%2e%2e/%2F//y", "/x?q=/../y&z=%00", "/p;v=1"]
        try await withNginxOrigin(locations: "location / { return 204; }") { origin in
            try await withCurl(to: .tls(origin), caFile: origin.caFile) { rig in
                for target in targets { _ = try await rig.get(target) }
            }
            let seen = try origin.accessLog().map { $0.split(separator: " ")[1] }
            #expect(seen.map(String.init) == targets)
        }
    }

    @Test("Calls in a row share one connection")
    func reuse() async throws {
        try await withNginxOrigin { origin in
            try await withCurl(to: .tls(origin), caFile: origin.caFile) { rig in
                for _ in 0..<5 {
                    let heard = try await rig.get("/protocol")
                    #expect(heard.head?.status == 200)
                }
                #expect(rig.transport.gauges == PoolGauges(active: 0, idle: 1, pending: 0, max: 100))
            }
            let log = try origin.accessLog().map { $0.split(separator: " ") }
            #expect(Set(log.map { $0[4] }).count == 1)
            #expect(log.map { $0[5] } == ["1", "2", "3", "4", "5"])
        }
    }

    @Test("A certificate from another authority is refused")
    func wrongAuthority() async throws {
        try await withNginxOrigin { origin in
            try await withCurl(to: .tls(origin), caFile: origin.otherCAFile) { rig in
                let heard = try await rig.get("/protocol")
                guard case .tls(let reason)? = heard.error else {
                    Issue.record("\(String(describing: heard.error))")
                    return
                }
                #expect(reason.contains("certificate"))
                #expect(heard.head == nil)
            }
            #expect(try origin.accessLog().isEmpty)
        }
    }

    @Test("A certificate that has expired is refused, and nothing is sent")
    func expired() async throws {
        try await withNginxOrigin(certificateDays: 0) { origin in
            try await withCurl(to: .tls(origin), caFile: origin.caFile) { rig in
                for _ in 0..<2 {
                    let heard = try await rig.get("/protocol")
                    guard case .tls(let reason)? = heard.error else {
                        Issue.record("\(String(describing: heard.error))")
                        return
                    }
                    #expect(reason.contains("expired") && heard.head == nil)
                }
            }
            #expect(try origin.accessLog().isEmpty)
        }
    }

    @Test("The system's authorities do not vouch for a throw-away one")
    func systemAuthorities() async throws {
        try await withNginxOrigin { origin in
            try await withCurl(to: .tls(origin)) { rig in
                let error = try await rig.get("/protocol").error
                guard case .tls? = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
        }
    }

    @Test("A certificate for another name is refused")
    func wrongName() async throws {
        try await withNginxOrigin { origin in
            let url = UpstreamURL(scheme: .https, host: "127.0.0.2", port: origin.port)
            try await withNginxOrigin(locations: "listen \(url.host):\(origin.port) ssl;") { other in
                try await withCurl(to: url, caFile: other.caFile) { rig in
                    let error = try await rig.get("/").error
                    guard case .tls? = error else {
                        Issue.record("\(String(describing: error))")
                        return
                    }
                }
            }
        }
    }

    @Test("HEAD, 204 and 304 end without a body")
    func bodiless() async throws {
        let locations = "location = /none { return 204; }"
        try await withNginxOrigin(files: ["a.txt": Array("hello".utf8)], locations: locations) { origin in
            try await withCurl(to: .tls(origin), caFile: origin.caFile) { rig in
                let head = try await rig.call(rig.request(.head, "/a.txt")).finish()
                #expect(head.head?.framing == .length(5))
                #expect(head.body.isEmpty && head.error == nil)
                let none = try await rig.get("/none")
                #expect(none.head?.status == 204)
                #expect(none.head?.framing == BodyFraming.none && none.error == nil)
                let tag = try #require(head.head?.fields.string(.etag))
                let same = try await rig.get("/a.txt", fields: ["If-None-Match": tag])
                #expect(same.head?.status == 304)
                #expect(same.head?.framing == BodyFraming.none && same.error == nil)
            }
        }
    }

    @Test("A hundred calls at once all get their answers, within the bound on connections")
    func concurrent() async throws {
        let bytes = patternBytes(count: 50_000)
        try await withNginxOrigin(files: ["file.bin": bytes]) { origin in
            try await withCurl(to: .tls(origin), caFile: origin.caFile, pool: PoolSettings(max: 8)) { rig in
                var calls: [CallUnderTest] = []
                for _ in 0..<100 { calls.append(try await rig.call(rig.request(.get, "/file.bin"))) }
                for call in calls {
                    let heard = try await call.finish()
                    #expect(heard.error == nil)
                    #expect(heard.isBody(bytes))
                }
                #expect(rig.transport.gauges.idle <= 8)
            }
            let connections = Set(try origin.accessLog().map { $0.split(separator: " ")[4] })
            #expect(connections.count <= 8)
        }
    }

    @Test("A reader that stops does not stop the others, nor does its body pile up", arguments: [1, 8])
    func backPressure(other: Int) async throws {
        let count = 48 << 20
        try await withNginxOrigin(files: ["large.bin": patternBytes(count: count)]) { origin in
            try await withCurl(to: .tls(origin), caFile: origin.caFile) { rig in
                let slow = try await rig.call(rig.request(.get, "/large.bin"), keepsBody: false) { heard, call in
                    if heard.byteCount < 1 << 20 { call.setReading(false) }
                }
                try await slow.wait(for: "the first piece") { $0.byteCount > 0 }
                // Each of these gives libcurl's thread several turns in which it could read on.
                for _ in 0..<other {
                    let heard = try await rig.get("/protocol")
                    #expect(heard.text == "HTTP/2.0")
                }
                #expect(slow.heard.value.byteCount < 1 << 20)
                #expect(!slow.heard.value.isOver)
                try await slow.run { $0.setReading(true) }
                while slow.heard.value.byteCount < 1 << 20 {
                    let before = slow.heard.value.byteCount
                    try await slow.run { $0.setReading(true) }
                    try await slow.wait(for: "more") { $0.byteCount > before }
                }
                try await slow.run { $0.setReading(true) }
                let heard = try await slow.finish()
                #expect(heard.error == nil)
                #expect(heard.byteCount == count)
            }
        }
    }

    @Test("A body goes up whole and in pieces, through HTTP/2, and comes back the same")
    func upload() async throws {
        let bytes = patternBytes(count: 700_000)
        try await withScriptedOrigin { connection in
            while let request = try await connection.nextRequest() {
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.body.bytes.count)\r\n\r\n")
                try await connection.send(bytes: request.body.bytes)
            }
        } _: { echo in
            let locations = """
                location / { proxy_pass \(echo.url); proxy_http_version 1.1; proxy_request_buffering off; }
                """
            try await withNginxOrigin(locations: locations) { origin in
                try await withCurl(to: .tls(origin), caFile: origin.caFile) { rig in
                    let whole = try await rig.call(
                        rig.request(.post, "/whole", body: .whole(ByteBuffer(bytes: bytes)))
                    ).finish()
                    #expect(whole.error == nil)
                    #expect(whole.isBody(bytes))
                    for length in [UInt64(bytes.count), nil] {
                        let call = try await rig.call(rig.request(.put, "/pieces", body: .streamed(length: length)))
                        for start in stride(from: 0, to: bytes.count, by: 70_000) {
                            let piece = ByteBuffer(bytes: bytes[start..<start + 70_000])
                            try await call.run { $0.send(body: piece) }
                        }
                        try await call.run { $0.sendEnd() }
                        let heard = try await call.finish()
                        #expect(heard.error == nil)
                        #expect(heard.isBody(bytes))
                    }
                }
            }
        }
    }

    @Test("An HTTP/2 response cut off by its server is a reset, whatever framed it")
    func cutOff() async throws {
        try await withScriptedOrigin { connection in
            _ = try await connection.expectRequest()
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            try await connection.send(chunk: "begun")
            _ = try await connection.wire.readToEnd()
        } _: { backend in
            let locations = "location / { proxy_pass \(backend.url); proxy_http_version 1.1; proxy_buffering off; }"
            try await withNginxOrigin(locations: locations) { origin in
                try await withCurl(to: .tls(origin), caFile: origin.caFile) { rig in
                    let call = try await rig.call(rig.request(.get, "/stream"))
                    try await call.wait(for: "the first piece") { $0.byteCount == 5 }
                    #expect(call.heard.value.head?.framing == .chunked)
                    await origin.kill()
                    let heard = try await call.finish()
                    #expect(heard.error == .reset)
                    #expect(heard.trailers == nil)
                }
            }
        }
    }
}
