import Testing

@testable import WeirUpstream

/// Which proxy the environment names.
@Suite("OutboundProxy") struct OutboundProxyTests {
    private static let url = UpstreamURL(scheme: .https, host: "api.test")

    @Test(
        "A proxy's URL",
        arguments: [
            ("http://proxy:3128", .http(host: "proxy", port: 3128, credentials: nil)),
            ("HTTP://proxy:3128/ignored", .http(host: "proxy", port: 3128, credentials: nil)),
            ("proxy", .http(host: "proxy", port: 1080, credentials: nil)),
            ("127.0.0.1:8080", .http(host: "127.0.0.1", port: 8080, credentials: nil)),
            ("http://[::1]:8080", .http(host: "::1", port: 8080, credentials: nil)),
            ("http://[::1]", .http(host: "::1", port: 1080, credentials: nil)),
            ("u:p@proxy:1", .http(host: "proxy", port: 1, credentials: "Basic dTpw")),
            ("http://u:p%40@ss%@proxy:1", .http(host: "proxy", port: 1, credentials: "Basic dTpwQEBzcyU=")),
            ("socks5h://proxy:1", .unsupported("socks5h")), ("https://proxy", .unsupported("https")),
        ] as [(String, OutboundProxy)]
    )
    func urls(text: String, expected: OutboundProxy) {
        #expect(OutboundProxy(text) == expected)
    }

    @Test(
        "The first variable that is set, unless the host is exempt",
        arguments: [
            ([:], nil), (["HTTPS_PROXY": ""], nil), (["http_proxy": "a:1"], nil), (["HTTPS_PROXY": "a:1"], "a"),
            (["all_proxy": "a:1"], "a"), (["ALL_PROXY": "a:1", "https_proxy": "b:1"], "b"),
            (["https_proxy": "", "ALL_PROXY": "a:1"], nil), (["https_proxy": "a:1", "NO_PROXY": "*"], nil),
            (["https_proxy": "a:1", "NO_PROXY": "*", "no_proxy": "other"], "a"),
        ] as [([String: String], String?)]
    )
    func variables(environment: [String: String], host: String?) {
        let expected = host.map { OutboundProxy.http(host: $0, port: 1, credentials: nil) }
        #expect(OutboundProxy.from({ environment[$0] }, for: Self.url) == expected)
    }

    @Test(
        "Hosts that are exempt",
        arguments: [
            ("", "api.test", false), ("*", "10.0.0.1", true), ("api.test", "API.test.", true),
            ("test", "api.test", true), (".test", "api.test", true), ("pi.test", "api.test", false),
            ("other,  api.test", "api.test", true), ("other api.test", "api.test", true),
            ("api.test.more", "api.test", false), (".", "api.test", false),
            ("10.0.0.1", "10.0.0.1", true), ("10.0.0.1", "10.0.0.10", false), ("0.0.1", "10.0.0.1", false),
            ("10.0.0.0/8", "10.9.8.7", true), ("10.0.0.0/12", "10.15.0.1", true), ("10.0.0.0/12", "10.16.0.1", false),
            ("10.0.0.0/0", "1.2.3.4", true), ("10.0.0.0/33", "10.0.0.0", false), ("10.0.0.0/x", "10.0.0.0", false),
            ("::1", "::1", true), ("[::1]", "::1", true), ("fd00::/8", "fd12::1", true), ("fd00::/8", "fe12::1", false),
            ("10.0.0.0/8", "::1", false),
        ]
    )
    func exemptions(text: String, host: String, isExempt: Bool) {
        #expect(ProxyExemptions(text).contain(host) == isExempt)
    }
}
