import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Testing
import WeirCache
import WeirProxy
import WeirUpstream

@testable import WeirAdmin

@Suite("Admin server")
struct AdminServerTests {
    private static let json: HTTPFields = [.contentType: "application/json"]
    private static let dashboard = "/api/admin/dashboard"

    private func server(_ subject: FakeSubject = FakeSubject(), token: String? = nil) -> AdminServer {
        AdminServer(
            settings: AdminSettings(listen: ListenAddress(host: "127.0.0.1", port: 0), token: token),
            subject: subject,
            version: "1.2.3",
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func object(_ response: TestResponse) throws -> [String: JSONValue] {
        #expect(response.headers[.contentType] == "application/json")
        guard case .object(let object) = try JSONValue(parsing: response.body.readableBytesView) else {
            Issue.record("expected an object, found \(String(buffer: response.body))")
            return [:]
        }
        return object
    }

    private func error(_ response: TestResponse) throws -> [String: JSONValue] {
        guard case .object(let error)? = try object(response)["error"] else {
            Issue.record("expected an error, found \(String(buffer: response.body))")
            return [:]
        }
        #expect(Set(error.keys) == ["message", "type", "code", "param", "request_id"])
        #expect(error["type"] == .string("weir_error"))
        #expect(error["param"] == .null)
        let id = try #require(response.headers[.requestID])
        #expect(error["request_id"] == .string(id))
        return error
    }

    // MARK: Looking

    @Test("Metrics come as Prometheus text")
    func metrics() async throws {
        try await server().application().test(.router) { client in
            let response = try await client.execute(uri: "/metrics", method: .get)
            #expect(response.status == .ok)
            #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(String(buffer: response.body) == MetricsPage.render(.sample))
        }
    }

    @Test("Stats have their names, and say what the metrics say")
    func stats() async throws {
        try await server().application().test(.router) { client in
            let stats = try object(try await client.execute(uri: "/stats", method: .get))
            #expect(stats["version"] == .string("1.2.3"))
            #expect(stats["uptimeSeconds"] == .number(12.5))
            #expect(stats["cacheHits"] == .number(2))
            #expect(stats["cacheMisses"] == .number(1))
            #expect(stats["cacheHitRate"] == .number(0.6667))
            #expect(
                stats["requests"]
                    == .object([
                        "total": .number(4), "byStatus": .object(["2xx": .number(3), "5xx": .number(1)]),
                        "aborted": .number(1), "refused": .number(2),
                    ])
            )
            guard case .array(let upstreams)? = stats["upstreams"], case .object(let upstream)? = upstreams.first else {
                Issue.record("expected upstreams, found \(stats["upstreams"]?.description ?? "none")")
                return
            }
            #expect(
                upstream["pool"]
                    == .object([
                        "totalCount": .number(3), "activeConnections": .number(1), "idleCount": .number(2),
                        "waitingCount": .number(0), "maxConnections": .number(100),
                    ])
            )
            #expect(
                upstream["breakers"]
                    == .array([
                        .object([
                            "service": .string("other"), "state": .string("open"), "consecutiveFailures": .number(5),
                            "calls": .number(0), "failures": .number(0), "nextProbeSeconds": .number(30),
                            "transitions": .number(1),
                        ])
                    ])
            )
        }
    }

    @Test(
        "Each view of the dashboard has its members",
        arguments: [
            (
                "overview",
                [
                    "cacheHitRate", "cacheHits", "cacheMisses", "connections", "flights", "latency", "openCircuits",
                    "requests", "uptimeSeconds", "version",
                ]
            ),
            ("cache", ["cache", "cacheHitRate", "cacheHits", "cacheMisses", "flights", "routes"]),
            ("circuits", ["upstreams"]), ("pools", ["upstreams"]), ("routes", ["routes"]),
            ("costs", ["budgets", "models", "personas", "routes", "saved", "spent"]),
            ("users", ["costPerUser", "users"]),
        ]
    )
    func view(_ name: String, _ members: [String]) async throws {
        try await server().application().test(.router) { client in
            let response = try await client.execute(uri: "\(Self.dashboard)/\(name)", method: .get)
            #expect(response.status == .ok)
            #expect(try object(response).keys.sorted() == members)
        }
    }

    @Test("Popular keys are listed without what they say, which stands in a list of its own")
    func popular() async throws {
        try await server().application().test(.router) { client in
            let keys = try await client.execute(uri: "\(Self.dashboard)/cache/popular", method: .get)
            let zeros = String(repeating: "0", count: 63)
            #expect(
                String(buffer: keys.body) == """
                    {"keys":[{"ageSeconds":10,"hasRequest":true,"hits":7,"key":"\(zeros)1","path":"/v1/chat/completions",\
                    "route":"/v1","savedDollars":0.00001095,"ttlSeconds":-5,"uncertainHits":2},{"hasRequest":false,"hits":1,\
                    "key":"\(zeros)2","path":"/a","route":"/","savedDollars":0,"uncertainHits":1}]}

                    """
            )
            let list = try await client.execute(uri: "\(Self.dashboard)/cache/popular/requests?limit=1", method: .get)
            #expect(list.headers[.contentType] == "application/x-ndjson")
            #expect(
                String(buffer: list.body) == """
                    {"method": "POST", "path": "/v1/chat/completions", "scheme": "https", "headers": {}, "body": {}}

                    """
            )
            for limit in ["0", "10001", "all"] {
                let refused = try await client.execute(
                    uri: "\(Self.dashboard)/cache/popular?limit=\(limit)",
                    method: .get
                )
                #expect(refused.status == .badRequest)
                #expect(try error(refused)["code"] == .string("invalid_parameter"))
            }
        }
    }

    @Test("Health is 200 while alive", arguments: Readiness.allCases)
    func health(_ readiness: Readiness) async throws {
        try await server(FakeSubject(readiness: readiness)).application().test(.router) { client in
            let response = try await client.execute(uri: "/healthz", method: .get)
            #expect(response.status == .ok)
            #expect(String(buffer: response.body) == "{\"status\":\"ok\"}\n")
        }
    }

    @Test("Readiness is 200 only when ready", arguments: Readiness.allCases)
    func readiness(_ readiness: Readiness) async throws {
        try await server(FakeSubject(readiness: readiness)).application().test(.router) { client in
            let response = try await client.execute(uri: "/readyz", method: .get)
            #expect(response.status == (readiness == .ready ? .ok : .serviceUnavailable))
            #expect(String(buffer: response.body) == "{\"status\":\"\(readiness.rawValue)\"}\n")
        }
    }

    @Test("The page at the root names every other endpoint")
    func index() async throws {
        try await server().application().test(.router) { client in
            let response = try await client.execute(uri: "/", method: .get)
            #expect(response.status == .ok)
            let page = String(buffer: response.body)
            for endpoint in Endpoints(subject: FakeSubject(), version: "", settings: AdminSettings()).all
            where endpoint.path != "/" {
                #expect(page.contains(endpoint.path))
            }
        }
    }

    // MARK: Steering

    @Test("A purge is passed on, and its count answered", arguments: [false, true])
    func purge(isSoft: Bool) async throws {
        let subject = FakeSubject()
        try await server(subject).application().test(.router) { client in
            let response = try await client.execute(
                uri: "\(Self.dashboard)/cache/invalidate",
                method: .post,
                headers: Self.json,
                body: ByteBuffer(string: isSoft ? #"{"tag": "course:7", "soft": true}"# : #"{"tag": "course:7"}"#)
            )
            #expect(response.status == .ok)
            #expect(String(buffer: response.body) == "{\"\(isSoft ? "softened" : "removed")\":3}\n")
        }
        #expect(subject.told == [.purge(.tags(["course:7"]), softly: isSoft)])
    }

    @Test("A purge that others have not been told of says so")
    func untoldPurge() async throws {
        let subject = FakeSubject(arePurgesTold: false)
        try await server(subject).application().test(.router) { client in
            let response = try await client.execute(
                uri: "\(Self.dashboard)/cache/invalidate",
                method: .post,
                headers: Self.json,
                body: ByteBuffer(string: #"{"all": true}"#)
            )
            #expect(response.status == .ok)
            #expect(String(buffer: response.body) == "{\"removed\":3,\"untold\":true}\n")
        }
    }

    @Test("A warming list is passed on with its terms, and answered in lines, the last of them done")
    func warm() async throws {
        let subject = FakeSubject()
        try await server(subject).application().test(.router) { client in
            let response = try await client.execute(
                uri: "\(Self.dashboard)/cache/warm?concurrency=9",
                method: .post,
                headers: [
                    .contentType: "application/x-ndjson; charset=utf-8",
                    try #require(HTTPField.Name("Warm-Host")): "app.test",
                ],
                body: ByteBuffer(string: "{\"path\": \"/a\"}\n\nb\n")
            )
            #expect(response.status == .ok)
            #expect(response.headers[.contentType] == "application/x-ndjson")
            let lines = String(buffer: response.body).split(separator: "\n")
            #expect(
                lines.last == """
                    {"costDollars":0.00001095,"done":true,"failed":1,"failures":[{"line":7,"reason":"500"}],"hits":1,\
                    "lines":7,"passed":{"no-store":3},"savedDollars":0,"stored":2,"unpriced":0}
                    """
            )
            for line in lines.dropLast() { #expect(line.contains(#""done":false"#)) }
        }
        let field = try #require(WarmTerms.Field("Host", "app.test"))
        #expect(subject.told == [.warm([#"{"path": "/a"}"#, "b"], WarmTerms(concurrency: 9, fields: [field]))])
    }

    @Test("A reset is passed on, and its count answered")
    func reset() async throws {
        let subject = FakeSubject()
        try await server(subject).application().test(.router) { client in
            let response = try await client.execute(
                uri: "\(Self.dashboard)/circuits/reset",
                method: .post,
                headers: [.contentType: "Application/JSON; charset=utf-8"],
                body: ByteBuffer(string: #"{"upstream": "openai", "service": "chat"}"#)
            )
            #expect(response.status == .ok)
            #expect(String(buffer: response.body) == "{\"reset\":1}\n")
        }
        #expect(subject.told == [.reset("openai", .chat)])
    }

    @Test("Resetting an unknown upstream names those there are")
    func unknownUpstream() async throws {
        try await server().application().test(.router) { client in
            let response = try await client.execute(
                uri: "\(Self.dashboard)/circuits/reset",
                method: .post,
                headers: Self.json,
                body: ByteBuffer(string: #"{"upstream": "opnai"}"#)
            )
            #expect(response.status == .notFound)
            let error = try error(response)
            #expect(error["code"] == .string("unknown_upstream"))
            #expect(
                error["message"] == .string("there is no upstream 'opnai'; the upstreams are app, openai")
            )
        }
    }

    // MARK: Refusing

    @Test(
        "A body of another type is 415, and changes nothing",
        arguments: ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", nil]
    )
    func mediaType(_ type: String?) async throws {
        let subject = FakeSubject()
        try await server(subject).application().test(.router) { client in
            var fields = HTTPFields()
            fields[.contentType] = type
            let response = try await client.execute(
                uri: "\(Self.dashboard)/cache/invalidate",
                method: .post,
                headers: fields,
                body: ByteBuffer(string: #"{"all": true}"#)
            )
            #expect(response.status == .unsupportedMediaType)
            #expect(try error(response)["code"] == .string("unsupported_media_type"))
        }
        #expect(subject.told.isEmpty)
    }

    @Test("A body of 64 KiB is read, one byte more is 413", arguments: [(65_536, 200), (65_537, 413)])
    func bodyLimit(_ size: Int, _ status: Int) async throws {
        try await server().application().test(.router) { client in
            let frame = #"{"tag": ""}"#.utf8.count
            let body = "{\"tag\": \"\(String(repeating: "x", count: size - frame))\"}"
            let response = try await client.execute(
                uri: "\(Self.dashboard)/cache/invalidate",
                method: .post,
                headers: Self.json,
                body: ByteBuffer(string: body)
            )
            #expect(response.status.code == status)
        }
    }

    @Test("What is nowhere is 404, what takes another method 405 with those it takes")
    func notFound() async throws {
        try await server().application().test(.router) { client in
            let nowhere = try await client.execute(uri: "/nowhere?x=1", method: .get)
            #expect(nowhere.status == .notFound)
            #expect(
                try error(nowhere)["message"] == .string("nothing is at '/nowhere'; GET / lists what there is")
            )
            let posted = try await client.execute(uri: "/stats", method: .post)
            #expect(posted.status == .methodNotAllowed)
            #expect(posted.headers[.allow] == "GET, HEAD")
            #expect(try error(posted)["message"] == .string("expected GET, HEAD, found POST"))
            let got = try await client.execute(uri: "\(Self.dashboard)/circuits/reset", method: .get)
            #expect(got.status == .methodNotAllowed)
            #expect(got.headers[.allow] == "POST")
        }
    }

    @Test("HEAD has the fields of GET and no body, also where it is refused", arguments: ["/stats", "/nowhere"])
    func head(_ path: String) async throws {
        try await server().application().test(.router) { client in
            let get = try await client.execute(uri: path, method: .get)
            let head = try await client.execute(uri: path, method: .head)
            #expect(head.status == get.status)
            #expect(head.body.readableBytes == 0)
            #expect(head.headers[.contentType] == get.headers[.contentType])
            #expect(head.headers[.contentLength] == String(get.body.readableBytes))
        }
    }

    @Test(
        "With a token every spelling of an admin path asks for it",
        arguments: [
            "/api/admin/dashboard/pools", "//api/admin//dashboard/pools", "/api/admin/dashboard/pools/",
            "/api/admin/dashboard/pools?x",
        ]
    )
    func spelling(_ path: String) async throws {
        try await server(token: "s3cret").application().test(.router) { client in
            let refused = try await client.execute(uri: path, method: .get)
            #expect(refused.status == .unauthorized)
            #expect(refused.headers[.wwwAuthenticate] == "Bearer realm=\"weir\"")
            #expect(try error(refused)["code"] == .string("unauthorized"))
            let answered = try await client.execute(
                uri: path,
                method: .get,
                headers: [.authorization: "Bearer s3cret"]
            )
            #expect(answered.status == .ok)
        }
    }

    @Test("Nothing is cached, and a usable request id is kept", arguments: [("abc-1", true), ("a b", false)])
    func fields(_ id: String, _ isKept: Bool) async throws {
        try await server().application().test(.router) { client in
            let response = try await client.execute(uri: "/healthz", method: .get, headers: [.requestID: id])
            #expect(response.headers[.cacheControl] == "no-store")
            let given = try #require(response.headers[.requestID])
            #expect(isKept ? given == id : given.utf8.count == 32)
        }
    }

    // MARK: Over sockets

    @Test("It serves over a socket, one request after another")
    func live() async throws {
        try await server().application().test(.live) { client in
            #expect(try await client.execute(uri: "/healthz", method: .get).status == .ok)
            #expect(try await client.execute(uri: "/nowhere", method: .head).status == .notFound)
            let purge = try await client.execute(
                uri: "\(Self.dashboard)/cache/invalidate",
                method: .post,
                headers: Self.json,
                body: ByteBuffer(string: #"{"all": true}"#)
            )
            #expect(purge.status == .ok)
        }
    }
}
