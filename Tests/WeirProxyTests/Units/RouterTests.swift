import NIOPosix
import Testing
import WeirHTTP
import WeirUpstream

@testable import WeirProxy

@Suite struct RouterTests {
    private static func router(_ routes: [RouteSettings]) -> Router {
        let settings = UpstreamSettings(name: "app", url: UpstreamURL(scheme: .http, host: "a"))
        let transport = DirectTransport(settings: settings, group: MultiThreadedEventLoopGroup.singleton)
        let upstream = Upstream(settings: settings, transport: transport)
        return Router(routes.enumerated().map { Route(index: $0, settings: $1, upstream: upstream) })
    }

    private static func route(
        _ path: String,
        host: String? = nil,
        methods: [String] = []
    ) -> RouteSettings {
        RouteSettings(path: path, host: host, methods: methods, upstream: "app")
    }

    @Test(
        "the longest path wins, a literal before a {name}, a host before none, methods before none",
        arguments: [
            ("GET", "weir.test", "/", 0), ("GET", "weir.test", "/other", 0), ("GET", "weir.test", "/v1/models", 1),
            ("GET", "weir.test", "/v1/chat/completions", 2), ("GET", "weir.test", "/v1/chat/completions/7", 2),
            ("GET", "weir.test", "/courses/7", 3), ("GET", "weir.test", "/courses/list", 4),
            ("GET", "weir.test", "/courses/list/8", 4), ("PUT", "weir.test", "/courses/7", 5),
            ("GET", "API.test:8080", "/v1/models", 6), ("GET", "api.test", "/courses/7", 3),
            ("GET", "[::1]:80", "/v1", 7),
        ]
    )
    func finds(method: String, host: String, path: String, index: Int) throws {
        let router = Self.router([
            Self.route("/"), Self.route("/v1"), Self.route("/v1/chat/completions"), Self.route("/courses/{id}"),
            Self.route("/courses/list"), Self.route("/courses/{id}", methods: ["PUT", "DELETE"]),
            Self.route("/v1", host: "api.test"), Self.route("/v1", host: "::1"),
        ])
        #expect(router.route(for: try requestHead(method, path, ("Host", host)))?.index == index)
    }

    @Test("routes that are equal otherwise go in the file's order, and what no route covers has none")
    func none() throws {
        let router = Self.router([Self.route("/a/{x}"), Self.route("/a/{y}"), Self.route("/b", methods: ["GET"])])
        #expect(router.route(for: try requestHead("GET", "/a/1"))?.index == 0)
        #expect(router.route(for: try requestHead("GET", "/")) == nil)
        #expect(router.route(for: try requestHead("POST", "/b")) == nil)
        #expect(router.route(for: try requestHead("get", "/b")) == nil)
    }

    @Test("a route is called by what makes it differ")
    func names() {
        let router = Self.router([
            Self.route("/a"), Self.route("/a", host: "h"), Self.route("/a", host: "h", methods: ["GET", "PUT"]),
        ])
        #expect(router.routes.map(\.name) == ["/a", "h/a", "GET,PUT h/a"])
    }
}
