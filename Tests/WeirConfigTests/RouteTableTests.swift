import Testing
import WeirConfig

@Suite struct RouteTableTests {
    @Test("The table has the routes in the file's order, aligned")
    func design() throws {
        let table = RouteTable.render(try Sample.read(Sample.design))
        #expect(
            table == """
                ROUTE                 UPSTREAM  URL                     CACHE    TTL                   SCOPE       TAGS         ON WRITE
                /v1/chat/completions  openai    https://api.openai.com  persona  24h, personalised 1h  credential
                /v1/embeddings        openai    https://api.openai.com  persona  7d                    credential
                /v1                   openai    https://api.openai.com  none
                /courses/{id}         app       http://127.0.0.1:3000   http     as answered                       course:{id}  course:{id},courses:list
                /                     app       http://127.0.0.1:3000   http     as answered

                """
        )
    }

    @Test("Breakers are told by upstream and service")
    func breakers() throws {
        let text = """
            upstreams:
              app: {url: http://a, breaker: {failures: 4}}
              openai: {url: http://b}
            routes: [{path: /, upstream: app}]
            """
        #expect(
            BreakerTable.render(try Sample.read(text)) == """
                BREAKERS  CHAT    EMBEDDINGS  MODERATIONS  FINE_TUNING  OTHER
                app       4, 30s  4, 30s      4, 30s       4, 30s       4, 30s
                openai    5, 60s  10, 30s     15, 20s      3, 2m        5, 30s

                """
        )
    }

    @Test("Every address of an upstream is shown")
    func addresses() throws {
        let table = RouteTable.render(
            try Sample.read(
                """
                upstreams: {app: {urls: [http://a, "http://b:81"]}}
                routes: [{path: /, upstream: app}]
                """
            )
        )
        #expect(
            table == """
                ROUTE  UPSTREAM  URL                    CACHE
                /      app       http://a, http://b:81  none

                """
        )
    }

    @Test("Columns appear where a route has something to put there")
    func columns() throws {
        let table = RouteTable.render(
            try Sample.read(
                """
                features: {gzip: false}
                upstreams:
                  app: {url: "http://[::1]:3000/base"}
                routes:
                  - path: /
                    upstream: app
                    host: Example.com
                    methods: [GET, HEAD]
                    service: other
                    cache: {mode: http, ttl: 60s}
                  - path: /live
                    upstream: app
                    features: {gzip: true, cache: false, dedupe: false}
                """
            )
        )
        #expect(
            table == """
                ROUTE  HOST         METHODS   UPSTREAM  URL                     SERVICE  CACHE  TTL                    OFF
                /      example.com  GET,HEAD  app       http://[::1]:3000/base  other    http   as answered, else 60s  gzip
                /live                         app       http://[::1]:3000/base           none                          cache,gzip,dedupe

                """
        )
    }

    @Test("The least configuration makes the least table")
    func least() throws {
        let table = RouteTable.render(try Sample.read(Sample.least))
        #expect(
            table == """
                ROUTE  UPSTREAM  URL                    CACHE
                /      app       http://127.0.0.1:3000  none

                """
        )
    }
}
