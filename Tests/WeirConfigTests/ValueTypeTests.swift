import NIOCore
import Testing
import WeirLedger
import WeirProxy
import WeirUpstream

@testable import WeirConfig

@Suite struct ValueTypeTests {
    @Test(
        "Durations are one number and a unit",
        arguments: [
            ("250ms", .milliseconds(250)), ("30s", .seconds(30)), ("5m", .minutes(5)), ("24h", .hours(24)),
            ("7d", .hours(168)), ("0s", .zero),
        ] as [(String, TimeAmount)]
    )
    func durations(text: String, amount: TimeAmount) throws {
        let type = ValueType<TimeAmount>.duration(atLeast: .zero)
        #expect(try type.parse(text) == amount)
        #expect(type.format(amount) == text)
    }

    @Test(
        "What is no duration",
        arguments: [
            ("abc", .mismatch), ("30", .mismatch), ("", .mismatch), ("-1s", .mismatch), ("1.5s", .mismatch),
            ("1h30m", .mismatch), ("٣s", .mismatch), ("30S", .suggestion("30s")), ("5min", .suggestion("5m")),
            ("0s", .range("a duration of at least 1ms")), ("4000d", .range("a duration of at most 3650d")),
            ("999999999999999999d", .range("a duration of at most 3650d")), ("9999999999999999999s", .mismatch),
        ] as [(String, ValueError)]
    )
    func badDurations(text: String, error: ValueError) {
        #expect(throws: error) { try ValueType<TimeAmount>.duration().parse(text) }
    }

    @Test(
        "Sizes are one number and a unit of 1024",
        arguments: [
            ("0B", 0), ("512B", 512), ("64KiB", 65536), ("256MiB", 256 << 20), ("1GiB", 1 << 30), ("2TiB", 2 << 40),
        ]
    )
    func sizes(text: String, bytes: Int) throws {
        let type = ValueType<Int>.size(0...4 << 40)
        #expect(try type.parse(text) == bytes)
        #expect(type.format(bytes) == text)
    }

    @Test(
        "What is no size",
        arguments: [
            ("big", .mismatch), ("1.5GiB", .mismatch), ("64KB", .suggestion("64KiB")), ("64k", .suggestion("64KiB")),
            ("64MB", .suggestion("64MiB")), ("8388608", .suggestion("8388608B")), ("1XiB", .mismatch),
            ("1B", .range("a size of at least 2B")), ("2GiB", .range("a size of at most 1GiB")),
            ("999999999999999999TiB", .range("a size of at most 1GiB")),
        ] as [(String, ValueError)]
    )
    func badSizes(text: String, error: ValueError) {
        #expect(throws: error) { try ValueType<Int>.size(2...1 << 30).parse(text) }
    }

    @Test(
        "Money is dollars with at most six digits behind the point",
        arguments: [
            ("0", 0, "0.00"), ("2.5", 2_500_000_000_000, "2.50"), ("2.50", 2_500_000_000_000, "2.50"),
            ("0.000001", 1_000_000, "0.000001"), ("1000000", 1_000_000_000_000_000_000, "1000000.00"),
        ] as [(String, UInt64, String)]
    )
    func money(text: String, picodollars: UInt64, told: String) throws {
        let money = try ValueType<Money>.money.parse(text)
        #expect(money == Money(picodollars: picodollars))
        #expect(ValueType<Money>.money.format(money) == told)
        let price = try ValueType<TokenRate>.price.parse(text)
        #expect(price.perMillion == money)
        #expect(ValueType<TokenRate>.price.format(price) == told)
    }

    @Test(
        "What is no money",
        arguments: [
            ("", .mismatch), ("2,50", .mismatch), ("-1", .mismatch), ("1e3", .mismatch), (".5", .mismatch),
            ("2.50 EUR", .mismatch), ("$", .mismatch), ("$x", .mismatch), ("$2.50", .suggestion("2.50")),
            ("0.0000001", .range("at most 6 digits behind the point")),
            ("1000000.000001", .range("at most 1000000 dollars")), ("99999999999", .mismatch),
        ] as [(String, ValueError)]
    )
    func badMoney(text: String, error: ValueError) {
        #expect(throws: error) { try ValueType<Money>.money.parse(text) }
        #expect(throws: error) { try ValueType<TokenRate>.price.parse(text) }
    }

    @Test(
        "Addresses have a host and a port",
        arguments: [
            ("127.0.0.1:8080", "127.0.0.1", 8080), ("[::1]:0", "::1", 0), ("localhost:65535", "localhost", 65535),
            ("a-b.example_1.com:1", "a-b.example_1.com", 1),
        ]
    )
    func addresses(text: String, host: String, port: Int) throws {
        #expect(try ValueType<ListenAddress>.address.parse(text) == ListenAddress(host: host, port: port))
    }

    @Test(
        "What is no address",
        arguments: [
            ("127.0.0.1", .mismatch), ("8080", .suggestion("127.0.0.1:8080")), (":8080", .suggestion("127.0.0.1:8080")),
            ("*:80", .suggestion("0.0.0.0:80")), ("127.0.0.1:65536", .mismatch), ("127.0.0.256:80", .mismatch),
            ("::1:80", .mismatch), ("[::1]", .mismatch), ("[::g]:80", .mismatch), ("a b:80", .mismatch),
            ("host:", .mismatch), ("host:+1", .mismatch), ("", .mismatch), ("-:70000", .mismatch),
        ] as [(String, ValueError)]
    )
    func badAddresses(text: String, error: ValueError) {
        #expect(throws: error) { try ValueType<ListenAddress>.address.parse(text) }
    }

    @Test(
        "URLs of upstreams",
        arguments: [
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"), ("https://api.openai.com/", "https://api.openai.com"),
            ("HTTP://Example.COM:80/V1/", "http://example.com/V1"), ("http://[::1]:3000/a/b", "http://[::1]:3000/a/b"),
            ("https://h:80", "https://h:80"),
        ]
    )
    func urls(text: String, description: String) throws {
        #expect(try ValueType<UpstreamURL>.url.parse(text).description == description)
    }

    private static let user = "a user or password cannot be in 'url': set it with 'headers: {Authorization: …}'"

    @Test(
        "What is no URL of an upstream",
        arguments: [
            ("", .mismatch), ("http://", .mismatch), ("http://:80", .mismatch), ("http://h:0", .mismatch),
            ("http://h:x", .mismatch), ("http://a b", .mismatch), ("h:3000", .suggestion("http://h:3000")),
            ("example.com/a", .suggestion("http://example.com/a")),
            ("ftp://h", .other("expected a URL that begins with http:// or https://, found 'ftp://h'")),
            ("http://u:p@h", .other(user)), ("u:p@h", .other(user)),
            ("http://h/?q", .other("a query cannot be in 'url'")), ("http://h?q", .other("a query cannot be in 'url'")),
            ("http://h#f", .other("a fragment ('#…') cannot be in 'url'")),
        ] as [(String, ValueError)]
    )
    func badURLs(text: String, error: ValueError) {
        #expect(throws: error) { try ValueType<UpstreamURL>.url.parse(text) }
    }

    @Test(
        "JSON pointers come apart and go together",
        arguments: [
            ("/user", ["user"]), ("/a/b", ["a", "b"]), ("/a~1b/~0", ["a/b", "~"]), ("/~01", ["~1"]), ("/", [""]),
        ]
    )
    func pointers(text: String, tokens: [String]) throws {
        #expect(try ValueType<[String]>.pointer.parse(text) == tokens)
        #expect(ValueType<[String]>.pointer.format(tokens) == text)
    }

    @Test(
        "What is no JSON pointer",
        arguments: [
            ("", .mismatch), ("metadata/user", .suggestion("/metadata/user")), ("$.user", .mismatch),
            ("/a~b", .other("in a JSON pointer '~' is written '~0' (and '/' within a name '~1')")),
            ("/a~", .other("in a JSON pointer '~' is written '~0' (and '/' within a name '~1')")),
            ("/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/g/h", .range("a JSON pointer of at most 16 steps")),
        ] as [(String, ValueError)]
    )
    func badPointers(text: String, error: ValueError) {
        #expect(throws: error) { try ValueType<[String]>.pointer.parse(text) }
    }

    @Test(
        "Paths name their captures",
        arguments: [
            ("/", [], ""), ("/v1", [], "/v1"), ("/courses/{id}", ["id"], "/courses/{}"),
            ("/{a}/b/{c_2}", ["a", "c_2"], "/{}/b/{}"), ("/a%20b/~x", [], "/a%20b/~x"),
        ]
    )
    func paths(text: String, captures: [String], shape: String) throws {
        let template = try PathTemplate(text)
        #expect(template.captures == captures)
        #expect(template.shape == shape)
    }

    @Test(
        "What is no path",
        arguments: [
            ("", .mismatch), ("v1", .suggestion("/v1")), ("/v1/", .suggestion("/v1")),
            ("//", .other("a path cannot have an empty segment ('//')")),
            ("/a//b", .other("a path cannot have an empty segment ('//')")),
            ("/v1/*", .other("a path covers what lies under it: leave out '*', or take one segment with {name}")),
            ("/{id}.json", .other("a segment is a literal or a whole {name}, found '{id}.json'")),
            ("/{1}", .other("expected a name of letters, digits and '_' in '{1}'")),
            ("/{}", .other("expected a name of letters, digits and '_' in '{}'")),
            ("/{a}/{a}", .other("'{a}' stands twice in this path")),
            ("/a/..", .other("a path cannot have a segment '.' or '..'")),
            ("/a?b", .other("a path holds letters, digits, -._~!$&'()+,;=:@ and %XX, found 'a?b'")),
            ("/a%2", .other("a path holds letters, digits, -._~!$&'()+,;=:@ and %XX, found 'a%2'")),
        ] as [(String, ValueError)]
    )
    func badPaths(text: String, error: ValueError) {
        #expect(throws: error) { try PathTemplate(text) }
    }

    @Test(
        "Methods are told as they are written",
        arguments: [("GET", nil), ("PROPFIND", nil), ("get", .suggestion("GET")), ("GTE", .suggestion("GET"))]
            as [(String, ValueError?)]
    )
    func methods(text: String, error: ValueError?) throws {
        if let error {
            #expect(throws: error) { try ValueType<String>.method.parse(text) }
        } else {
            #expect(try ValueType<String>.method.parse(text) == text)
        }
    }

    @Test("A secret is not shown by the error it makes")
    func secrets() {
        let type = ValueType<String>.token
        #expect(
            type.message(for: .mismatch, found: "se cret")
                == "expected a token of visible ASCII characters, without spaces"
        )
    }
}
