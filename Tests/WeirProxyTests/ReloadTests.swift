import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirRedis
import WeirTesting
import WeirTier
import WeirUpstream

@testable import WeirProxy

/// From one configuration to the next while requests are under way.
@Suite struct ReloadTests {
    private static func route(_ path: String, upstream: String = "app", cached: Bool = false) -> RouteSettings {
        RouteSettings(path: path, upstream: upstream, cache: RouteCacheSettings(mode: cached ? .http : .none))
    }

    @Test("a request ends by the settings that it began with, the next one goes by the new ones")
    func swap() async throws {
        let gate = Gate()
        try await withWeir(workers: 2) { request, connection in
            if request.target == "/held" { try await gate.wait() }
            try await connection.respond(body: request.target)
        } _: { weir in
            try await withRawClient(port: weir.port) { busy in
                try await busy.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
                try await weir.origin.waitForRequests(count: 1)
                var settings = weir.proxy.settings
                settings.routes = [Self.route("/new")]
                try await weir.proxy.reload(settings)
                #expect(try await weir.request("GET", "/new").text == "/new")
                #expect(try await weir.request("GET", "/held").status == 404)
                let during = await weir.proxy.snapshot()
                #expect(during.configuration.generation == 2 && during.configuration.generationsInUse == 2)
                gate.open()
                #expect(try await busy.response().text == "/held")
                // The same connection, the new configuration.
                #expect(try await busy.get("/held").status == 404)
                #expect(try await busy.get("/new").text == "/new")
            }
            let snapshot = await weir.proxy.snapshot()
            #expect(snapshot.configuration.generationsInUse == 1)
            #expect(snapshot.routes.map(\.name) == ["/new"] && snapshot.routes[0].metrics.requests == 2)
            #expect(snapshot.goneRoutes.requests == 1)
        }
    }

    @Test("a request whose body is on its way reaches an upstream that was taken away meanwhile")
    func takenAway() async throws {
        try await withWeir { request, connection in
            try await connection.respond(body: request.body.text)
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                let canonical = #"{"model":"m","messages":[]}"#
                var settings = weir.proxy.settings
                settings.routes = [
                    RouteSettings(
                        path: "/v1/chat/completions",
                        upstream: "app",
                        cache: RouteCacheSettings(mode: .persona, ttl: .seconds(60))
                    )
                ]
                try await weir.proxy.reload(settings)
                try await client.send(
                    "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                        + "Content-Length: \(canonical.utf8.count)\r\n\r\n"
                )
                // It has begun, and no call of it has.
                #expect(try await client.wire.readHead().status == 100)
                settings.upstreams[0].name = "other"
                settings.routes = [Self.route("/", upstream: "other")]
                try await weir.proxy.reload(settings)
                #expect(weir.proxy.upstreams["app"] == nil)
                try await client.send(canonical)
                #expect(try await client.response().status == 200)
            }
            #expect(weir.origin.requests.map(\.target) == ["/v1/chat/completions"])
        }
    }

    @Test("an upstream that was changed closes its idle connections when its last request is over")
    func drainsUpstream() async throws {
        let gate = Gate()
        let closed = Gate()
        try await withWeir(
            script: { connection in
                while let request = try await connection.nextRequest() {
                    if request.target == "/held" { try await gate.wait() }
                    try await connection.respond(body: "\(connection.index)")
                }
                if connection.index == 0 { closed.open() }
            }
        ) { weir in
            try await withRawClient(port: weir.port) { busy in
                try await busy.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
                try await weir.origin.waitForRequests(count: 1)
                var settings = weir.proxy.settings
                settings.upstreams[0].pool.idle = .seconds(31)
                try await weir.proxy.reload(settings)
                #expect(try await weir.request().text == "1")
                gate.open()
                #expect(try await busy.response().text == "0")
                try await closed.wait()
                #expect(try await busy.get("/").text == "1")
            }
        }
    }

    @Test("an upstream that has not changed keeps its connections")
    func keepsUpstream() async throws {
        try await withWeir { request, connection in
            try await connection.respond(body: "\(connection.index)")
        } _: { weir in
            for _ in 0..<5 {
                #expect(try await weir.request().text == "0")
                var settings = weir.proxy.settings
                settings.routes = [Self.route("/"), Self.route("/\(weir.proxy.configurationStatus.generation)")]
                try await weir.proxy.reload(settings)
            }
            #expect(weir.origin.connectionCount == 1)
        }
    }

    @Test("former generations are freed with their last request, and a hundred reloads leave nothing behind")
    func freed() async throws {
        try await withWeir { _, connection in
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: "fine")
        } _: { weir in
            let first = FormerGeneration(weir.proxy.generation)
            for number in 0..<100 {
                var settings = weir.proxy.settings
                settings.routes = [Self.route("/", cached: number % 2 == 0), Self.route("/\(number)")]
                settings.upstreams[0].timeouts.idle = .seconds(Int64(60 + number))
                let former = FormerGeneration(weir.proxy.generation)
                let upstream = WeakUpstream(weir.proxy.upstreams["app"])
                #expect(try await weir.request("GET", "/\(number % 7)").text == "fine")
                try await weir.proxy.reload(settings)
                #expect(former.generation == nil && upstream.upstream == nil, "\(number)")
            }
            #expect(first.generation == nil)
            let snapshot = await weir.proxy.snapshot()
            #expect(snapshot.configuration.generation == 101 && snapshot.configuration.reloads == 100)
            #expect(snapshot.routes.reduce(snapshot.goneRoutes.requests) { $0 + $1.metrics.requests } == 100)
            #expect(snapshot.totals.routes.count <= RouteSlots.maxGone + 4)
            #expect(snapshot.upstreams[0].requests > 0)
        }
    }

    private struct WeakUpstream {
        weak var upstream: Upstream?
        init(_ upstream: Upstream?) { self.upstream = upstream }
    }

    @Test("counters go on by the route's name, also when the route was gone for a while")
    func counters() async throws {
        try await withWeir(routes: [Self.route("/a"), Self.route("/b")]) { _, connection in
            try await connection.respond()
        } _: { weir in
            _ = try await weir.request("GET", "/a")
            var settings = weir.proxy.settings
            for (routes, counts) in [(["/b", "/a"], [0, 1]), (["/c"], [0]), (["/c", "/a", "/b"], [0, 1, 0])] {
                settings.routes = routes.map { Self.route($0) }
                try await weir.proxy.reload(settings)
                let snapshot = await weir.proxy.snapshot()
                #expect(snapshot.routes.map(\.name) == routes)
                #expect(snapshot.routes.map { Int($0.metrics.requests) } == counts)
                #expect(snapshot.routes.reduce(snapshot.goneRoutes.requests) { $0 + $1.metrics.requests } == 1)
            }
        }
    }

    @Test("stored answers outlive a reload, and one stored by a former generation's call is a hit for the next")
    func store() async throws {
        let gate = Gate()
        try await withWeir(routes: [Self.route("/", cached: true)]) { request, connection in
            if request.target == "/held" { try await gate.wait() }
            try await connection.respond(fields: "Cache-Control: max-age=60\r\n", body: "kept")
        } _: { weir in
            _ = try await weir.request("GET", "/stored")
            try await withRawClient(port: weir.port) { leader in
                try await leader.send("GET /held HTTP/1.1\r\nHost: weir.test\r\n\r\n")
                try await weir.origin.waitForRequests(count: 2)
                var settings = weir.proxy.settings
                settings.upstreams[0].timeouts.idle = .seconds(99)
                try await weir.proxy.reload(settings)
                #expect(try await weir.request("GET", "/stored")["Cache-Status"]?.hasPrefix("weir; hit") == true)
                // Joins the call that is under way.
                async let follower = weir.request("GET", "/held")
                try await weir.waitForFollowers(1)
                gate.open()
                #expect(try await leader.response().text == "kept")
                #expect(try await follower.text == "kept")
                #expect(try await weir.request("GET", "/held")["Cache-Status"]?.hasPrefix("weir; hit") == true)
            }
            #expect(weir.origin.requests.count == 2)
        }
    }

    @Test("limits change: of the memory at once, of connections with the next, of heads with a connection's next head")
    func limits() async throws {
        try await withWeir { _, connection in
            try await connection.respond()
        } _: { weir in
            try await withRawClient(port: weir.port) { client in
                let long = "X-Long: \(String(repeating: "x", count: 4000))\r\n"
                #expect(try await client.request("GET", "/", fields: long).status == 200)
                var settings = weir.proxy.settings
                settings.limits.head.head = 2048
                settings.limits.connections = 1
                settings.cache.memory = 1 << 20
                try await weir.proxy.reload(settings)
                #expect(weir.proxy.store.statistics.capacityBytes == 1 << 20)
                #expect(try await weir.request().status == 503)
                #expect(try await client.request("GET", "/", fields: long).status == 431)
            }
        }
    }

    @Test("workers cannot change while Weir runs: told, and kept")
    func workers() async throws {
        try await withWeir { _, connection in
            try await connection.respond()
        } _: { weir in
            var settings = weir.proxy.settings
            settings.workers = 7
            settings.drain = .seconds(6)
            try await weir.proxy.reload(settings, waitingForRestart: ["log"])
            #expect(weir.proxy.settings.workers == 1 && weir.proxy.settings.drain == .seconds(6))
            #expect(weir.proxy.configurationStatus.waitingForRestart == ["log", "workers"])
            try await weir.proxy.reload(weir.proxy.settings)
            #expect(weir.proxy.configurationStatus.waitingForRestart == [])
        }
    }

    @Test("neither can the second tier: what runs goes on, and a reload that asks for what runs waits for nothing")
    func tier() async throws {
        try await withWeir { _, connection in
            try await connection.respond()
        } _: { weir in
            let running = weir.proxy.settings
            var settings = running
            settings.tier = TierSettings(
                redis: RedisSettings(place: .single(RedisEndpoint(host: "127.0.0.1", port: 1)))
            )
            settings.drain = .seconds(6)
            try await weir.proxy.reload(settings)
            #expect(weir.proxy.settings.tier == nil && weir.proxy.settings.drain == .seconds(6))
            #expect(weir.proxy.configurationStatus.waitingForRestart == ["cache.redis"])
            #expect(await weir.proxy.snapshot().tier == nil)
            try await weir.proxy.reload(running)
            #expect(weir.proxy.configurationStatus.waitingForRestart == [])
        }
    }

    @Test("an address is added and taken away: what came through it drains, the others notice nothing")
    func listeners() async throws {
        let gate = Gate()
        try await withWeir(workers: 2) { request, connection in
            if request.target == "/held" { try await gate.wait() }
            try await connection.respond(body: "fine")
        } _: { weir in
            try await withRawClient(port: weir.port) { old in
                var settings = weir.proxy.settings
                let before = settings
                settings.listen.append(ListenerSettings(ListenAddress(host: "127.0.0.1", port: 0)))
                try await weir.proxy.reload(settings)
                let added = weir.proxy.addresses[1].port
                let (idle, busy) = (try await RawClient.connect(port: added), try await RawClient.connect(port: added))
                #expect(try await old.get("/").text == "fine")
                #expect(try await idle.get("/").text == "fine")
                try await busy.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
                try await weir.origin.waitForRequests(count: 3)
                try await weir.proxy.reload(before)
                #expect(weir.proxy.addresses.map(\.port) == [weir.port])
                await #expect(throws: (any Error).self) { _ = try await RawClient.connect(port: added) }
                let last = try await idle.get("/")
                #expect(last.text == "fine" && last["Connection"] == "close")
                #expect(try await idle.expectEnd() == .closed)
                gate.open()
                let response = try await busy.response()
                #expect(response.text == "fine" && response["Connection"] == "close")
                #expect(try await busy.expectEnd() == .closed)
                #expect(try await old.get("/")["Connection"] == nil)
                await idle.close()
                await busy.close()
            }
        }
    }

    @Test("where an added address cannot be had, nothing of the new configuration is taken")
    func taken() async throws {
        try await withWeir { _, connection in
            try await connection.respond(body: "old")
        } _: { weir in
            var settings = weir.proxy.settings
            settings.listen += [
                ListenerSettings(ListenAddress(host: "127.0.0.1", port: 0)),
                ListenerSettings(ListenAddress(host: "127.0.0.1", port: weir.origin.port)),
            ]
            settings.routes = [Self.route("/new")]
            let wanted = settings
            await #expect(throws: ListenError.self) { try await weir.proxy.reload(wanted) }
            #expect(weir.proxy.addresses.map(\.port) == [weir.port])
            let response = try await weir.request()
            #expect(response.text == "old")
            let status = weir.proxy.configurationStatus
            #expect(status.generation == 1 && status.refusedReloads == 1 && !status.isLastReloadSuccessful)
            #expect(
                status.problems
                    == ["cannot listen on 127.0.0.1:\(weir.origin.port): the address is already in use"]
            )
        }
    }

    @Test("clients that come and ask while the address they come to goes away get answers, or are not let in")
    func closingUnderLoad() async throws {
        try await withWeir(workers: 2) { _, connection in
            try await connection.respond(body: "fine")
        } _: { weir in
            var settings = weir.proxy.settings
            let before = settings
            settings.listen.append(ListenerSettings(ListenAddress(host: "127.0.0.1", port: 0)))
            for _ in 0..<10 {
                try await weir.proxy.reload(settings)
                let added = weir.proxy.addresses[1].port
                try await withThrowingTaskGroup { group in
                    let begun = Barrier(count: 5)
                    for _ in 0..<4 {
                        group.addTask {
                            var isFirst = true
                            while let client = try? await RawClient.connect(port: added) {
                                if isFirst { try await begun.arrive() }
                                isFirst = false
                                #expect(try await client.get("/").text == "fine")
                                await client.close()
                            }
                        }
                    }
                    try await begun.arrive()
                    try await weir.proxy.reload(before)
                    try await group.waitForAll()
                }
            }
        }
    }
}
