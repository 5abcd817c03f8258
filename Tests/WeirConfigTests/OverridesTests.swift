import NIOCore
import Testing
import WeirAdmin
import WeirCache
import WeirLedger
import WeirProxy
import WeirUpstream

@testable import WeirConfig

@Suite struct OverridesTests {
    @Test("A value is overridden whether the file has it or not")
    func overrides() throws {
        let text = """
            features: {cache: true}
            admin:
            upstreams:
              my-app:
                url: http://127.0.0.1:3000
                headers: {X-Api-Version: "1"}
            prices: {my-model.1: {input: 1, output: 2}}
            routes: [{path: /, upstream: my-app}]
            """
        let configuration = try Sample.read(
            text,
            [
                "WEIR_FEATURES_CACHE": "false",
                "WEIR_CACHE_MEMORY": "1GiB",
                "WEIR_LISTEN": "127.0.0.1:1, [::1]:2",
                "WEIR_ADMIN_TOKEN": "t",
                "WEIR_LIMITS_HEAD": "",
                "WEIR_UPSTREAMS_MY_APP_URL": "https://example.com",
                "WEIR_UPSTREAMS_MY_APP_HEADERS_X_API_VERSION": "${2}",
                "WEIR_UPSTREAMS_MY_APP_BREAKER_CHAT_OPEN": "1s",
                "WEIR_PERSONA_INTERESTS_HEADER": "X-I",
                "WEIR_PRICES_MY_MODEL_1_CACHED_INPUT": "0.5",
                "OTHER": "1",
            ]
        )
        #expect(configuration.proxy.routes.map(\.features.cache) == [false])
        #expect(configuration.proxy.cache.memory == 1 << 30)
        #expect(configuration.proxy.listen.map(\.address.description) == ["127.0.0.1:1", "[::1]:2"])
        #expect(configuration.admin.token == "t")
        let upstream = try #require(configuration.proxy.upstreams.first)
        #expect(upstream.url.description == "https://example.com")
        let price = try #require(configuration.proxy.prices.price(of: "my-model.1"))
        #expect(price.cachedInput.perMillion.dollars == "0.50")
        #expect(price.input.perMillion.dollars == "1.00")
        #expect(upstream.headers.map(\.value) == ["${2}"])
        #expect(upstream.breakerByService == [.chat: BreakerSettings(open: .seconds(1))])
    }

    @Test(
        "A mistake in an override names the variable",
        arguments: [
            (
                ["WEIR_DRAIN": "soon"],
                ["WEIR_DRAIN: expected a duration such as 250ms, 30s or 5m, found 'soon'"]
            ),
            (
                ["WEIR_LISTEN": "127.0.0.1:80,x"],
                ["WEIR_LISTEN: expected an address and port such as 127.0.0.1:8080 or [::1]:8080, found 'x'"]
            ),
            (
                ["WEIR_CACHE_MEMROY": "1GiB"],
                ["WEIR_CACHE_MEMROY: no setting has this name; did you mean 'WEIR_CACHE_MEMORY'?"]
            ),
            (["WEIR_NONSENSE_AT_ALL": "1"], ["WEIR_NONSENSE_AT_ALL: no setting has this name"]),
            (["WEIR_CACHE": "1"], ["WEIR_CACHE: no setting has this name"]),
            (
                ["WEIR_UPSTREAMS_APQ_URL": "http://x"],
                ["WEIR_UPSTREAMS_APQ_URL: no setting has this name; did you mean 'WEIR_UPSTREAMS_APP_URL'?"]
            ),
            (["WEIR_PRICES": "1"], ["WEIR_PRICES: no setting has this name"]),
            (
                ["WEIR_PRICES_GPT_4O_INPUT": "1"],
                ["WEIR_PRICES_GPT_4O_INPUT: no setting has this name"]
            ),
            (["WEIR_LEDGER": "x"], ["WEIR_LEDGER: 'ledger' is not available in this version"]),
            (
                ["WEIR_ADMIN_LISTEN": "0.0.0.0:9090", "WEIR_DRAIN": "1"],
                [
                    "WEIR_ADMIN_LISTEN: 'admin.token' is needed where 'admin.listen' is not on loopback (0.0.0.0:9090)",
                    "WEIR_DRAIN: expected a duration such as 250ms, 30s or 5m, found '1'",
                ]
            ),
            (["WEIR_LISTEN": "127.0.0.1:9090"], ["WEIR_LISTEN: 127.0.0.1:9090 is taken by 'admin.listen'"]),
        ] as [([String: String], [String])]
    )
    func mistakes(environment: [String: String], problems: [String]) {
        #expect(Sample.problems(Sample.least, environment) == problems)
    }

    @Test(
        "Variables that others set, or that the file refers to, are let be",
        arguments: [
            ("WEIR_CONFIG", "x"), ("WEIR_WARNINGS_AS_ERRORS", "1"), ("WEIR_OWN_NAME", "5s"),
            ("WEIR_SERVICE_HOST", "10.0.0.1"), ("WEIR_SERVICE_PORT", "80"), ("WEIR_SERVICE_PORT_HTTP", "80"),
            ("WEIR_PORT", "tcp://10.0.0.1:80"), ("WEIR_PORT_80_TCP", "tcp://10.0.0.1:80"),
            ("WEIR_PORT_80_TCP_ADDR", "10.0.0.1"), ("WEIR_ADMIN_PORT_9090_TCP_PROTO", "tcp"),
        ]
    )
    func exempt(name: String, value: String) {
        #expect(Sample.problems("drain: ${WEIR_OWN_NAME:-1s}\n" + Sample.least, [name: value]) == [])
    }

    @Test("A name that two upstreams share overrides neither")
    func ambiguous() {
        let text = """
            upstreams:
              my-app: {url: "http://a"}
              my_app: {url: "http://b"}
            routes: [{path: /, upstream: my-app}]
            """
        #expect(
            Sample.problems(text, ["WEIR_UPSTREAMS_MY_APP_URL": "http://c"]) == [
                "WEIR_UPSTREAMS_MY_APP_URL: this is the name of both 'upstreams.my-app.url' and "
                    + "'upstreams.my_app.url': set them in the file"
            ]
        )
    }

    @Test("An override makes good what the file lacks or has wrong")
    func repairs() {
        let text = """
            drain: ${NOT_SET}
            upstreams:
              app:
            routes: [{path: /, upstream: app}]
            """
        #expect(Sample.problems(text, ["WEIR_DRAIN": "1s", "WEIR_UPSTREAMS_APP_URL": "http://a"]) == [])
    }
}
