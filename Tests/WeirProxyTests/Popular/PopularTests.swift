import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirLedger
import WeirOpenAI
import WeirTesting

@testable import WeirProxy

/// The keys that are hit most, and what can be made of their requests.
@Suite struct PopularTests {
    private static let keeping = PopularSettings(keys: 10, keepsRequests: true)

    private func list(_ weir: Weir) async -> ByteBuffer {
        var list = ByteBuffer()
        for key in await weir.proxy.popular(limit: 100) {
            if let line = key.request?.line { list.writeImmutableBuffer(line) }
        }
        return list
    }

    @Test(
        "keys are listed by their hits, with what they have saved, how old they are and how long they last",
        arguments: [1, 2]
    )
    func listed(workers: Int) async throws {
        try await withWeir(
            routes: Chat.routes { $0.cache.ttl = .seconds(100) },
            workers: workers,
            configure: { $0.prices = Priced.prices },
            answer: Chat.answering
        ) { weir in
            for text in ["often", "once", "never", "often", "often", "once"] {
                let answer = try await weir.chat(Chat.request(text))
                #expect(answer.status == 200)
            }
            weir.clock.advance(by: .seconds(10))
            let keys = await weir.proxy.popular(limit: 10)
            #expect(keys.map(\.hits) == [2, 1] && keys.allSatisfy { $0.uncertain == 0 })
            #expect(keys.allSatisfy { $0.route == "/v1" && $0.path == Chat.path && $0.request == nil })
            let cost = try #require(Money(dollars: Priced.cost))
            #expect(keys.map(\.saved) == [cost + cost, cost])
            #expect(keys.allSatisfy { $0.age == 10 && $0.timeToLive == 90 })
            #expect(await weir.proxy.popular(limit: 1).map(\.hits) == [2])
            weir.proxy.purge(.key(keys[0].key))
            let purged = await weir.proxy.popular(limit: 1)
            #expect(purged.map(\.hits) == [2] && purged[0].age == nil && purged[0].timeToLive == nil)
        }
    }

    @Test("requests that are kept warm what they were, and hold no credential")
    func exported() async throws {
        let body = "{ \"model\": \"m\",\r\n \"messages\": [{\"role\": \"user\", \"content\": \"a \\\"b\\\"\\n\"}]}"
        let fields = """
            Authorization: Bearer sk-secret\r\nCookie: session=secret\r\nX-Request-Id: r-1\r\nUser-Agent: u\r
            X-Persona-Learning-Style: visual\r\nAccept-Language: de\r\nX-Weir-Namespace: "n"\r\n
            """
        try await withWeir(
            routes: Chat.routes(),
            configure: { $0.popular = Self.keeping },
            answer: Chat.answering
        ) { weir in
            for _ in 0..<3 {
                let answer = try await weir.chat(body, fields: fields)
                #expect(answer.status == 200)
            }
            let list = await list(weir)
            #expect(
                String(buffer: list) == """
                    {"method": "POST", "path": "/v1/chat/completions", "scheme": "http", "headers": {"Host": "weir.test", \
                    "X-Persona-Learning-Style": "visual", "Accept-Language": "de", "X-Weir-Namespace": "\\"n\\""}, \
                    "body": { "model": "m",   "messages": [{"role": "user", "content": "a \\"b\\"\\n"}]}}

                    """
            )
            weir.proxy.purge(.all)
            let credential = try #require(WarmTerms.Field("Authorization", "Bearer sk-secret"))
            let totals = await weir.proxy.warm(WarmList(list), WarmTerms(fields: [credential])) { _ in }
            #expect(totals.stored == 1 && totals.failures.isEmpty)
            #expect(try await weir.chat(body, fields: fields).isHit)
            // Nobody asked for it: it is no more popular than before, but for the client above.
            #expect(await weir.proxy.popular(limit: 1).map(\.hits) == [3])
        }
    }

    @Test(
        "a request that names its user by a credential is not kept, nor one whose prompt has been replaced",
        arguments: [0, 1]
    )
    func unexportable(kind: Int) async throws {
        let routes = Chat.routes {
            if kind == 1 { $0.economy = PromptEconomySettings(replacements: [.init(find: "aaa", with: "aa")]) }
        }
        try await withWeir(
            routes: routes,
            configure: {
                $0.popular = Self.keeping
                if kind == 0 { $0.persona.user = ValueSource(header: "X-Session-Id") }
            },
            answer: Chat.answering
        ) { weir in
            for _ in 0..<4 {
                let answer = try await weir.chat(fields: "X-Session-Id: secret\r\n")
                #expect(answer.status == 200)
            }
            let keys = await weir.proxy.popular(limit: 10)
            #expect(keys.map(\.hits) == [3] && keys[0].request == nil)
        }
    }

    @Test("in mode http what selects among variants is kept, and no request that goes by a secret")
    func http() async throws {
        var settings = RouteCacheSettings(mode: .http)
        settings.ttl = .seconds(100)
        try await withWeir(
            routes: [RouteSettings(path: "/", upstream: "app", cache: settings)],
            configure: { $0.popular = Self.keeping },
            answer: { request, connection in
                let vary = request.target.hasPrefix("/secret") ? "Cookie" : "X-Shape"
                try await connection.respond(fields: "Vary: \(vary)\r\nCache-Control: max-age=60\r\n", body: "x")
            }
        ) { weir in
            for target in ["/a?b=c", "/secret"] {
                for _ in 0..<3 {
                    let answer = try await weir.request(
                        "GET",
                        target,
                        fields: "X-Shape: round\r\nX-Other: o\r\nCookie: c=1\r\n"
                    )
                    #expect(answer.status == 200)
                }
            }
            let list = await list(weir)
            #expect(
                String(buffer: list) == """
                    {"method": "GET", "path": "/a?b=c", "scheme": "http", "headers": {"Host": "weir.test", "X-Shape": "round"}}

                    """
            )
            #expect(await weir.proxy.popular(limit: 9).map(\.path).sorted() == ["/a", "/secret"])
            weir.proxy.purge(.all)
            #expect(await weir.proxy.warm(WarmList(list), WarmTerms()) { _ in }.stored == 1)
            let answer = try await weir.request("GET", "/a?b=c", fields: "X-Shape: round\r\n")
            #expect(answer.isHit)
        }
    }

    @Test("other settings begin anew, none count nothing")
    func reloaded() async throws {
        try await withWeir(routes: Chat.routes(), answer: Chat.answering) { weir in
            for _ in 0..<2 { _ = try await weir.chat() }
            #expect(await weir.proxy.popular(limit: 9).count == 1)
            var settings = weir.proxy.settings
            settings.popular.keys = 0
            try await weir.proxy.reload(settings)
            _ = try await weir.chat()
            #expect(await weir.proxy.popular(limit: 9).isEmpty)
        }
    }
}
