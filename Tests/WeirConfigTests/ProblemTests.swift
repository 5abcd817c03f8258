import Testing
import WeirConfig

/// Bad files and what is said of them, word for word.
@Suite struct ProblemTests {
    /// A file whose one upstream `app` and one route `/` are right, with lines before them.
    private static func problems(top: String) -> [String] {
        Sample.problems(top + "\n" + Sample.least)
    }

    @Test(
        "Mistakes at the top",
        arguments: [
            ("lsiten: 127.0.0.1:80", "1:1: unknown key 'lsiten'; did you mean 'listen'?"),
            ("nothing_like_it: 1", "1:1: unknown key 'nothing_like_it'"),
            ("drain: abc", "1:8: expected a duration such as 250ms, 30s or 5m, found 'abc'"),
            ("drain: [1s]", "1:8: expected a duration such as 250ms, 30s or 5m, found a list"),
            ("drain: {a: 1s}", "1:8: expected a duration such as 250ms, 30s or 5m, found a mapping"),
            ("drain: 30sec", "1:8: expected a duration such as 250ms, 30s or 5m, found '30sec'; did you mean '30s'?"),
            (
                "drain: ${NOT_SET}",
                "1:8: the environment variable 'NOT_SET' is not set; set it, or write ${NOT_SET:-default}"
            ),
            ("drain: ${}", "1:8: expected ${NAME} or ${NAME:-default}, found '${}'; a plain '${' is written '$${'"),
            ("workers: 0", "1:10: expected a whole number from 1 to 1024, found '0'"),
            ("workers: two", "1:10: expected a whole number from 1 to 1024, found 'two'"),
            (
                "listen: 8080",
                "1:9: expected an address and port such as 127.0.0.1:8080 or [::1]:8080, found '8080'; did you mean '127.0.0.1:8080'?"
            ),
            ("listen: []", "1:9: expected at least one address"),
            (
                "listen:\n  - 127.0.0.1:80\n  - localhost",
                "3:5: expected an address and port such as 127.0.0.1:8080 or [::1]:8080, found 'localhost'"
            ),
            (
                "listen:\n  - {address: '[::1]:80', tls: {certificate: a, key: b}}",
                "2:46: cannot read the file 'a'"
            ),
            ("listen: [{address: '[::1]:80', tls: {certificate: a}}]", "1:37: missing 'key'"),
            ("listen: [{}]", "1:10: missing 'address'"),
            ("listen: [127.0.0.1:80, 127.0.0.1:80]", "1:24: 127.0.0.1:80 is taken by another 'listen'"),
            ("listen: 127.0.0.1:9090", "1:9: 127.0.0.1:9090 is taken by 'admin.listen'"),
            ("admin: {listen: 127.0.0.1:8080}", "1:17: 127.0.0.1:8080 is taken by 'listen'"),
            ("listen: 0.0.0.0:1\nadmin: {listen: localhost:1}", "2:17: localhost:1 is taken by 'listen'"),
            (
                "admin: {listen: 0.0.0.0:9090}",
                "1:17: 'admin.token' is needed where 'admin.listen' is not on loopback (0.0.0.0:9090)"
            ),
            (
                "admin: {listen: [127.0.0.1:1]}",
                "1:17: expected an address and port such as 127.0.0.1:8080 or [::1]:8080, found a list"
            ),
            ("admin: {token: a b}", "1:16: expected a token of visible ASCII characters, without spaces"),
            ("admin: 127.0.0.1:9090", "1:8: expected a mapping of keys to values, found '127.0.0.1:9090'"),
            (
                "cache: {seal_key: secret}",
                "1:19: expected 32 bytes in base64 or hexadecimal, such as 'openssl rand -base64 32' gives"
            ),
            (
                "limits: {head: 64KB}",
                "1:16: expected a size such as 64KiB or 256MiB, found '64KB'; did you mean '64KiB'?"
            ),
            ("limits: {head: 2MiB}", "1:16: expected a size of at most 1MiB, found '2MiB'"),
            ("limits: {head_time: 0s}", "1:21: expected a duration of at least 1ms, found '0s'"),
            (
                "log: {level: warn}",
                "1:14: expected trace, debug, info, notice, warning, error or critical, found 'warn'"
            ),
            ("log: {format: jsn}", "1:15: expected text or json, found 'jsn'; did you mean 'json'?"),
            ("log: {slow: 1s}", "1:7: 'slow' is not available in this version"),
            ("cache: {memory: 1KiB}", "1:17: expected a size of at least 64KiB, found '1KiB'"),
            ("cache:\n- 1", "2:1: expected a mapping of keys to values, found a list"),
            ("ledger: weir.db", "1:1: 'ledger' is not available in this version"),
            ("prices: [a]", "1:9: expected a mapping of models to prices, found a list"),
            ("prices:\n  m:", "2:3: missing 'input'"),
            ("prices:\n  m: {input: 1}", "2:6: missing 'output'"),
            ("prices:\n  m: 1", "2:6: expected a mapping of keys to values, found '1'"),
            ("prices:\n  '': {input: 1, output: 1}", "2:3: expected the name of a model, found ''"),
            (
                "prices:\n  m: {input: free, output: 1}",
                "2:14: expected a price in dollars per million tokens such as 0.15, found 'free'"
            ),
            (
                "prices:\n  m: {input: $0.15, output: 1}",
                "2:14: expected a price in dollars per million tokens such as 0.15, found '$0.15'; did you mean '0.15'?"
            ),
            (
                "prices:\n  m: {input: 0.0000001, output: 1}",
                "2:14: expected at most 6 digits behind the point, found '0.0000001'"
            ),
            (
                "prices:\n  m: {input: 1, output: 1, cached: 1}",
                "2:28: unknown key 'cached'"
            ),
            ("features: {cache: off}", "1:19: expected true or false, found 'off'; did you mean 'false'?"),
            (
                "features: {batching: 1}",
                "1:22: expected true or false, found '1'"
            ),
            ("features: {gzp: true}", "1:12: unknown key 'gzp'; did you mean 'gzip'?"),
            ("user: X-User-Id", "1:7: expected a mapping of keys to values, found 'X-User-Id'"),
            ("user: {header: 'X User'}", "1:16: expected a header name such as X-User-Id, found 'X User'"),
            (
                "user: {body: user}",
                "1:14: expected a JSON pointer such as /metadata/user, found 'user'; did you mean '/user'?"
            ),
            ("persona: {interest: {}}", "1:11: unknown key 'interest'; did you mean 'interests'?"),
            (
                "persona: {interests: {body: /a~2}}",
                "1:29: in a JSON pointer '~' is written '~0' (and '/' within a name '~1')"
            ),
        ]
    )
    func top(text: String, problem: String) {
        #expect(Self.problems(top: text) == ["proxy.conf:\(problem)"])
    }

    @Test(
        "Mistakes in an upstream",
        arguments: [
            ("breakr: {}", ["3:5: missing 'url'", "3:5: unknown key 'breakr'; did you mean 'breaker'?"]),
            ("url:", ["3:9: missing 'url'"]),
            ("url: ${NONE}", ["3:10: the environment variable 'NONE' is not set; set it, or write ${NONE:-default}"]),
            ("url: ftp://h", ["3:10: expected a URL that begins with http:// or https://, found 'ftp://h'"]),
            (
                "url: http://u:p@h",
                ["3:10: a user or password cannot be in 'url': set it with 'headers: {Authorization: …}'"]
            ),
            ("url: http://h/?a", ["3:10: a query cannot be in 'url'"]),
            ("url: http://h/#a", ["3:10: a fragment ('#…') cannot be in 'url'"]),
            ("urls:", ["3:5: missing 'url'"]),
            ("urls: []", ["3:11: expected at least one URL"]),
            ("urls: [http://a, http://b]\n    url: http://c", ["4:5: 'url' and 'urls' cannot both be given"]),
            (
                "urls: [http://a, b]",
                [
                    "3:22: expected a URL such as http://127.0.0.1:3000 or https://api.openai.com, found 'b'; "
                        + "did you mean 'http://b'?"
                ]
            ),
            ("urls: [http://a, http://A:80]", ["3:22: http://a is given twice"]),
            (
                "urls: [http://a, https://b]",
                ["3:22: all of 'urls' have one scheme: expected http, found https"]
            ),
            ("urls: [http://a, http://b/x]", ["3:22: all of 'urls' have one path: expected none, found '/x'"]),
            ("urls: [http://a/x, http://b]", ["3:24: all of 'urls' have one path: expected '/x', found ''"]),
            (
                "url: http://h\n    ejection: {failures: 0}",
                ["4:26: expected a whole number from 1 to 1000000, found '0'"]
            ),
            (
                "url: http://h\n    ejection: {time: 2m, time_max: 1m}",
                ["4:36: 'time_max' is shorter than 'time' (2m)"]
            ),
            ("url: http://h\n    health: {interval: 1s}", ["4:13: missing 'path'"]),
            ("url: http://h\n    health: {path: healthz}", ["4:20: expected a path such as /healthz, found 'healthz'"]),
            ("url: http://h\n    health: {path: /a b}", ["4:20: expected a path such as /healthz, found '/a b'"]),
            (
                "url: http://h\n    health: {path: /, status: 99}",
                ["4:31: expected a whole number from 200 to 599, found '99'"]
            ),
            ("url: http://h\n    dns: {ttl: 0s}", ["4:16: expected a duration of at least 1s, found '0s'"]),
            (
                "url: http://h\n    retry: {attempts: 0, budget: 0.5}",
                [
                    "4:23: expected a whole number from 1 to 10, found '0'",
                    "4:34: expected a percentage such as 50%, found '0.5'; did you mean '50%'?",
                ]
            ),
            (
                "url: http://h\n    cool_down: {frist: 1s}",
                ["4:17: unknown key 'frist'; did you mean 'first'?"]
            ),
            ("url: http://h\n    host: client", ["4:11: expected upstream or preserve, found 'client'"]),
            ("url: http://h\n    ca_file: /no/such/file.pem", ["4:14: cannot read the file '/no/such/file.pem'"]),
            ("url: http://h\n    ca_file: /dev/null", ["4:14: the file '/dev/null' holds no PEM certificate"]),
            ("url: http://h\n    headers: [a]", ["4:14: expected a mapping of header names to values, found a list"]),
            ("url: http://h\n    headers: {A B: c}", ["4:15: expected a header name such as X-User-Id, found 'A B'"]),
            (
                "url: http://h\n    headers: {Host: c}",
                ["4:15: header 'Host' is Weir's own to set; see 'host: preserve'"]
            ),
            ("url: http://h\n    headers: {Content-length: 3}", ["4:15: header 'Content-length' is Weir's own to set"]),
            ("url: http://h\n    headers: {A: b, a: c}", ["4:21: header 'a' is set twice"]),
            (
                "url: http://h\n    headers: {A: \"b\\nc\"}",
                ["4:18: expected a header value, without line breaks or other control characters"]
            ),
            ("url: http://h\n    timeouts: {conect: 1s}", ["4:16: unknown key 'conect'; did you mean 'connect'?"]),
            ("url: http://h\n    pool: {max: 0}", ["4:17: expected a whole number from 1 to 100000, found '0'"]),
            (
                "url: http://h\n    breaker: {rate: 0.5}",
                ["4:21: expected a percentage such as 50%, found '0.5'; did you mean '50%'?"]
            ),
            (
                "url: http://h\n    breaker: {rate: 101%}",
                ["4:21: expected a percentage above 0% and up to 100%, found '101%'"]
            ),
            ("url: http://h\n    breaker: {rate: half}", ["4:21: expected a percentage such as 50%, found 'half'"]),
            ("url: http://h\n    breaker: {open: 2m, open_max: 1m}", ["4:35: 'open_max' is shorter than 'open' (2m)"]),
            ("url: http://h\n    breaker: {open_max: 1s}", ["4:25: 'open_max' is shorter than 'open' (30s)"]),
            (
                "url: http://h\n    breaker: {chat: {}, embedings: {}}",
                ["4:25: unknown key 'embedings'; did you mean 'embeddings'?"]
            ),
            (
                "url: http://h\n    breaker: {chat: {open: 1s}, failures: 3}",
                ["4:33: 'breaker' is given by service here: put 'failures' under a service or under 'default'"]
            ),
            ("url: http://h\n    breaker: off", ["4:14: expected a mapping of keys to values, found 'off'"]),
        ]
    )
    func upstream(text: String, problems: [String]) {
        let file = "upstreams:\n  app:\n    \(text)\nroutes: [{path: /, upstream: app}]\n"
        #expect(Sample.problems(file) == problems.map { "proxy.conf:\($0)" })
    }

    @Test(
        "Mistakes in a route",
        arguments: [
            ("path: /", ["2:3: missing 'upstream'"]),
            ("upstream: app", ["2:3: missing 'path'"]),
            ("path: /\n  upstream: ap", ["3:13: unknown upstream 'ap'; did you mean 'app'?"]),
            ("path: /\n  upstream: elsewhere", ["3:13: unknown upstream 'elsewhere'"]),
            (
                "path: v1\n  upstream: app",
                ["2:9: expected a path such as /courses/{id}, found 'v1'; did you mean '/v1'?"]
            ),
            (
                "path: /v1/*\n  upstream: app",
                ["2:9: a path covers what lies under it: leave out '*', or take one segment with {name}"]
            ),
            (
                "path: /\n  upstream: app\n  host: example.com:80",
                [
                    "4:9: expected a host such as api.example.com, without a port, found 'example.com:80'; did you mean 'example.com'?"
                ]
            ),
            (
                "path: /\n  upstream: app\n  methods: [GET, post]",
                ["4:18: expected a method such as GET, found 'post'; did you mean 'POST'?"]
            ),
            (
                "path: /\n  upstream: app\n  service: chats",
                [
                    "4:12: expected chat, embeddings, moderations, fine_tuning or other, found 'chats'; did you mean 'chat'?"
                ]
            ),
            ("path: /\n  upstream: app\n  fallback: ap", ["4:13: unknown upstream 'ap'; did you mean 'app'?"]),
            ("path: /\n  upstream: app\n  fallback: app", ["4:13: 'fallback' is the route's own upstream"]),
            (
                "path: /\n  upstream: app\n  fallback: [app]",
                ["4:13: expected the name of one of 'upstreams', found a list"]
            ),
            (
                "path: /\n  upstream: app\n  fallback: {upstream: app, credentials: keep}",
                [
                    "4:24: 'fallback' is the route's own upstream",
                    "4:42: expected drop or pass, found 'keep'",
                ]
            ),
            (
                "path: /\n  upstream: app\n  fallback: {models: {a: [b]}}",
                ["4:13: missing 'upstream'", "4:26: expected the name of a model, found a list"]
            ),
            (
                "path: /\n  upstream: app\n  batch: {size: 10}",
                ["4:10: 'batch' needs 'cache: {mode: persona}', where items are told apart"]
            ),
            (
                "path: /\n  upstream: app\n  cache: {mode: persona}\n  batch: {size: 1, wait: 20, items: 3}",
                [
                    "5:17: expected a whole number from 2 to 2048, found '1'",
                    "5:26: expected a duration such as 250ms, 30s or 5m, found '20'",
                    "5:30: unknown key 'items'",
                ]
            ),
            (
                "path: /\n  upstream: app\n  economy: {minify_json: 1, replace: {\"\": a, b: [c]}}",
                [
                    "4:12: 'economy' needs 'cache: {mode: persona}', where prompts are read",
                    "4:26: expected true or false, found '1'", "4:39: expected a text to replace, found an empty one",
                    "4:49: expected a text, found a list",
                ]
            ),
            ("path: /\n  upstream: app\n  budget: {}", ["4:11: expected 'user_daily' or 'route_daily'"]),
            ("path: /\n  upstream: app\n  budget: 2.50", ["4:11: expected a mapping of keys to values, found '2.50'"]),
            (
                "path: /\n  upstream: app\n  budget: {user_daily: -1, route_daily: 2000000, users: 0, unpriced: free}",
                [
                    "4:24: expected an amount of dollars such as 2.50, found '-1'",
                    "4:41: expected at most 1000000 dollars, found '2000000'",
                    "4:57: expected a whole number from 1 to 10000000, found '0'",
                    "4:70: expected refuse or pass, found 'free'",
                ]
            ),
            (
                "path: /\n  upstream: app\n  rate_limit: {user: {}}",
                ["4:15: expected 'requests' or 'tokens' of a 'user' or a 'credential'"]
            ),
            (
                "path: /\n  upstream: app\n  rate_limit: {user: {request: 5}, credential: {tokens: 1k}, entries: 5}",
                [
                    "4:23: unknown key 'request'; did you mean 'requests'?",
                    "4:57: expected a whole number from 1 to 1000000000, found '1k'",
                ]
            ),
            ("path: /\n  upstream: app\n  forward_persona: 1", ["4:20: expected true or false, found '1'"]),
            ("path: /\n  upstream: app\n  cache: {mode: off}", ["4:17: expected none, http or persona, found 'off'"]),
            (
                "path: /\n  upstream: app\n  cache: {mode: personas}",
                ["4:17: expected none, http or persona, found 'personas'; did you mean 'persona'?"]
            ),
            (
                "path: /\n  upstream: app\n  cache: {ttl: 5m}",
                ["4:10: missing 'mode': http or persona, or none to cache nothing"]
            ),
            (
                "path: /\n  upstream: app\n  cache: {mode: persona, ttl: 1h, personalised_ttl: 2h}",
                ["4:53: 'personalised_ttl' is longer than 'ttl' (1h)"]
            ),
            (
                "path: /\n  upstream: app\n  cache: {mode: http, scope: user, finish: cancel}",
                [
                    "4:23: 'scope' goes with mode: persona alone",
                    "4:36: 'finish' goes with mode: persona alone",
                ]
            ),
            (
                "path: /\n  upstream: app\n  cache: {mode: http, refresh_ahead: 10s}",
                ["4:38: expected a percentage such as 50%, found '10s'"]
            ),
            (
                "path: /\n  upstream: app\n  cache: {mode: http, refresh_ahead: {left: 0%, hits: 0, ahead: 1}}",
                [
                    "4:45: expected a percentage above 0% and up to 100%, found '0%'",
                    "4:55: expected a whole number from 1 to 1000000, found '0'", "4:58: unknown key 'ahead'",
                ]
            ),
            (
                "path: /\n  upstream: app\n  cache: {mode: http, replay: instant}",
                ["4:23: 'replay' goes with mode: persona alone"]
            ),
            (
                "path: /\n  upstream: app\n  cache: {mode: persona, replay: slow}",
                ["4:34: expected instant or recorded, found 'slow'"]
            ),
            (
                "path: /\n  upstream: app\n  cache: {mode: persona, replay: {}}",
                ["4:34: missing 'tokens_per_second'"]
            ),
            (
                "path: /\n  upstream: app\n  cache: {mode: persona, replay: {tokens_per_second: 0, gap: 1s}}",
                [
                    "4:54: expected a whole number from 1 to 10000, found '0'", "4:57: unknown key 'gap'",
                ]
            ),
            (
                "path: /\n  upstream: app\n  cache: {mode: http, negative: {200: 10s, 416: 1s, 404: x}}",
                [
                    "4:34: expected a status of a failure such as 404, found '200'",
                    "4:44: expected a status of a failure such as 404, found '416'",
                    "4:58: expected a duration such as 250ms, 30s or 5m, found 'x'",
                ]
            ),
            (
                "path: /\n  upstream: app\n  cache: {mode: persona, heuristic: 10%, ignore_client: no-cache}",
                [
                    "4:26: 'heuristic' goes with mode: http alone",
                    "4:42: 'ignore_client' goes with mode: http alone",
                ]
            ),
            (
                "path: /\n  upstream: app\n  cache: {mode: persona, key: {query: none, headers: [X-Tenant], cookies: [c]}}",
                ["4:32: 'query' goes with mode: http alone", "4:66: 'cookies' goes with mode: http alone"]
            ),
            (
                "path: /\n  upstream: app\n  cache: {mode: none, key: {headers: [X-Tenant]}}",
                ["4:23: 'key' goes with mode: http or persona"]
            ),
            (
                "path: /\n  upstream: app\n  cache: {mode: http, tags: ['a b']}",
                ["4:30: expected a tag such as course:{id}, without spaces or commas, found 'a b'"]
            ),
            (
                "path: /a/{id}\n  upstream: app\n  cache: {mode: http, tags: ['a:{id}', 'b:{ix}']}",
                ["4:40: the path has no '{ix}'; did you mean '{id}'?"]
            ),
            ("path: /a\n  upstream: app\n  on_write: {invalidate: 'a:{id}'}", ["4:26: the path has no '{id}'"]),
            (
                "path: /a\n  upstream: app\n  on_write: {invalidate: 'a:{id'}",
                ["4:26: '{' and '}' do not pair in 'a:{id'"]
            ),
            ("path: /\n  upstream: app\n- path: /\n  upstream: app", ["4:9: duplicate route: '/' stands at line 2"]),
            (
                "path: /a/{x}/\n  upstream: app",
                ["2:9: expected a path such as /courses/{id}, found '/a/{x}/'; did you mean '/a/{x}'?"]
            ),
            (
                "path: /a/{x}\n  upstream: app\n- path: /a/{y}\n  upstream: app",
                ["4:9: duplicate route: '/a/{x}' stands at line 2"]
            ),
            (
                "{path: /, upstream: app, methods: [GET, POST]}\n- {path: /, upstream: app, methods: [PUT, POST]}",
                ["3:10: duplicate route for POST: '/' stands at line 2"]
            ),
            ("", ["2:2: expected a route, found nothing"]),
        ]
    )
    func route(text: String, problems: [String]) {
        let file = "routes:\n- \(text)\nupstreams: {app: {url: 'http://h'}}\n"
        #expect(Sample.problems(file) == problems.map { "proxy.conf:\($0)" })
    }

    @Test(
        "Files that lack the whole",
        arguments: [
            ("", ["1:1: missing 'routes'", "1:1: missing 'upstreams'"]),
            ("# nothing\n", ["1:1: missing 'routes'", "1:1: missing 'upstreams'"]),
            ("- a\n", ["1:1: expected a mapping of keys to values, found a list"]),
            ("listen\n", ["1:1: expected a mapping of keys to values, found 'listen'"]),
            (
                "upstreams: {}\nroutes: []\n",
                ["1:12: expected at least one upstream", "2:9: expected at least one route"]
            ),
            (
                "upstreams: []\nroutes: {}\n",
                [
                    "1:12: expected a mapping of names to upstreams, found a list",
                    "2:9: expected a list of routes, found a mapping",
                ]
            ),
            ("upstreams:\n  app:\nroutes: [{path: /, upstream: app}]\n", ["2:3: missing 'url'"]),
            (
                "upstreams:\n  a b: {url: 'http://h'}\nroutes: [{path: /, upstream: a b}]\n",
                ["2:3: expected a name of letters, digits, '-' and '_', found 'a b'"]
            ),
        ]
    )
    func whole(text: String, problems: [String]) {
        #expect(Sample.problems(text) == problems.map { "proxy.conf:\($0)" })
    }

    @Test("All mistakes are told at once, in the order of their places, those of variables last")
    func several() {
        let text = """
            routes:
              - path: /a/{id}
                upstream: opanai
                cache: {mode: http, ttl: 5, tags: ["{nme}"]}
            upstreams:
              openai:
                url: api.openai.com
                timeouts: {connect: ${CONNECT}}
                breakr: {failures: 5}
            admin: {listen: 0.0.0.0:9090}
            drain: 30
            drain: 40s
            """
        #expect(
            Sample.problems(text.replacing("${CONNECT}", with: "\"${CONNECT}\""), ["WEIR_WORKERS": "many"]) == [
                "proxy.conf:3:15: unknown upstream 'opanai'; did you mean 'openai'?",
                "proxy.conf:4:30: expected a duration such as 250ms, 30s or 5m, found '5'",
                "proxy.conf:4:40: the path has no '{nme}'",
                "proxy.conf:7:10: expected a URL such as http://127.0.0.1:3000 or https://api.openai.com, found "
                    + "'api.openai.com'; did you mean 'http://api.openai.com'?",
                "proxy.conf:8:25: the environment variable 'CONNECT' is not set; set it, or write ${CONNECT:-default}",
                "proxy.conf:9:5: unknown key 'breakr'; did you mean 'breaker'?",
                "proxy.conf:10:17: 'admin.token' is needed where 'admin.listen' is not on loopback (0.0.0.0:9090)",
                "proxy.conf:11:8: expected a duration such as 250ms, 30s or 5m, found '30'",
                "proxy.conf:12:1: duplicate key 'drain', first given at line 11",
                "WEIR_WORKERS: expected a whole number from 1 to 1024, found 'many'",
            ]
        )
    }

    @Test("Errors carry the file's name, line, column and message")
    func payload() {
        do throws(ConfigurationErrors) {
            _ = try ConfigurationReader.read("drian: 1s\n" + Sample.least, file: "conf/weir.conf", environment: [:])
            Issue.record("expected an error")
        } catch {
            let problem = Problem(
                file: "conf/weir.conf",
                line: 1,
                column: 1,
                message: "unknown key 'drian'; did you mean 'drain'?"
            )
            #expect(error.problems == [problem])
            #expect(error.description == "conf/weir.conf:1:1: unknown key 'drian'; did you mean 'drain'?")
        }
    }
}
