import Testing
import WeirHTTP

@testable import WeirProxy

@Suite("What a write has changed")
struct WrittenURLsTests {
    private func found(
        _ target: String,
        _ fields: (String, String)...,
        host: String = "a.test",
        isSecure: Bool = false
    ) throws -> [String] {
        let head = try requestHead("POST", target, ("Host", host))
        var response = FieldSection()
        for (name, value) in fields { response.append(named: name, value) }
        return WrittenURLs.find(head, response: response, isSecure: isSecure).map {
            String(decoding: $0.pathAndQuery, as: UTF8.self)
        }
    }

    @Test(
        "RFC 3986 §5: a reference is resolved against the target",
        arguments: [
            ("/x/y", "z", "/x/z"), ("/x/y", "./z", "/x/z"), ("/x/y", "../z", "/z"), ("/x/y", "../../z", "/z"),
            ("/x/y/", "z", "/x/y/z"), ("/x/y", "/z", "/z"), ("/x/y", "/a/./b/../z", "/a/z"), ("/x/y", "z/.", "/x/z/"),
            ("/x/y", "z/..", "/x/"), ("/x/y", "..", "/"), ("/x/y", ".", "/x/"), ("/x/y", "?q", "/x/y?q"),
            ("/x/y?p", "?q", "/x/y?q"), ("/x/y?p", "z?q=a/../b", "/x/z?q=a/../b"), ("/x/y?p", "z", "/x/z"),
            ("/x/y", "z#f", "/x/z"), ("/x/y", "z?q#f?g", "/x/z?q"), ("/x/y?p", "#f", "/x/y?p"),
            ("/x/y?p", "", "/x/y?p"),
            ("/x//y", "z", "/x//z"), ("/x/y", "z//w", "/x/z//w"), ("/x/y", "z:w/v", nil), ("/x/y", "./z:w", "/x/z:w"),
            ("/x/y", "z?a:b", "/x/z?a:b"), ("/x/y", "http://a.test/z", "/z"), ("/x/y", "HTTP://A.Test:80/z?q", "/z?q"),
            ("/x/y", "http://a.test", "/"), ("/x/y", "http://a.test?q", "/?q"), ("/x/y", "//a.test/z", "/z"),
            ("http://a.test", "z", "/z"),
        ] as [(String, String, String?)]
    )
    func resolves(target: String, reference: String, expected: String?) throws {
        for name in ["Location", "Content-Location"] {
            #expect(try found(target, (name, reference)).dropFirst() == (expected.map { [$0] } ?? [])[...])
        }
    }

    @Test(
        "RFC 9111 §4.4: what is malformed or of another origin is left alone",
        arguments: [
            "https://a.test/z", "http://b.test/z", "//b.test/z", "http://a.test:81/z", "http://u@a.test/z",
            "http:///z", "http:/z", "http:z", "ftp://a.test/z", "urn:a", "//", "///z", "z y", "/z\u{e9}", "/%", "/%zz",
            "/%00", "/%2e%2e/z", "http://a.test:/z",
        ]
    )
    func ignores(reference: String) throws {
        #expect(try found("/x", ("Location", reference)) == ["/x"])
    }

    @Test("the origin is that of the client's connection")
    func secure() throws {
        #expect(try found("/x", ("Location", "https://a.test:443/z"), isSecure: true) == ["/x", "/z"])
        #expect(try found("/x", ("Location", "http://a.test/z"), isSecure: true) == ["/x"])
        #expect(try found("/x", ("Location", "http://a.test:81/z"), host: "a.test:81") == ["/x", "/z"])
        #expect(try found("/x", ("Location", "a"), ("Content-Location", "b")) == ["/x", "/a", "/b"])
    }
}
