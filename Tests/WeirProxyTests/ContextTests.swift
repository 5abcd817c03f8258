import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirTesting

@testable import WeirProxy

/// `cache.context`: what AI answers are about, over real sockets.
@Suite struct ContextTests {
    private static let routes = Chat.routes { route in
        route.cache.context = [
            ContextSource(name: "course", source: ValueSource(header: "X-Course", body: ["metadata", "course"])),
            ContextSource(name: "module", source: ValueSource(header: "X-Module")),
        ]
    }

    private static let credential = "Authorization: Bearer a\r\n"

    private static func fields(_ course: String?, _ module: String? = nil) -> String {
        credential + (course.map { "X-Course: \($0)\r\n" } ?? "") + (module.map { "X-Module: \($0)\r\n" } ?? "")
    }

    @Test("each context has answers of its own, and none is a context too")
    func separates() async throws {
        let contexts = [
            Self.fields(nil), Self.fields("1"), Self.fields("2"), Self.fields(""), Self.fields("1", "1"),
            Self.fields(nil, "1"), Self.fields("1", "2"), Self.fields("1,2"), Self.fields("1, 2"),
            Self.fields("2", "1"),
        ]
        try await withWeir(routes: Self.routes, answer: Chat.answering) { weir in
            for fields in contexts {
                let answer = try await weir.chat(fields: fields)
                #expect(answer["Cache-Status"] == "weir; fwd=uri-miss; stored")
            }
            for fields in contexts { #expect(try await weir.chat(fields: fields).isHit) }
            #expect(weir.origin.requests.count == contexts.count)
            #expect(weir.origin.requests.allSatisfy { $0["X-Course"] == nil })
        }
    }

    @Test("a header and the body say the same")
    func shares() async throws {
        let body = Chat.request("hi", members: #","metadata":{"course":"1"}"#)
        try await withWeir(routes: Self.routes, answer: Chat.answering) { weir in
            let first = try await weir.chat(fields: Self.fields("1"))
            #expect(first.isHit == false)
            #expect(try await weir.chat(body, fields: Self.credential).isHit)
            #expect(try await weir.chat(body, fields: Self.fields("2")).isHit == false)
        }
    }

    @Test("content that was updated takes its own answers away, by tag and by a write, and no others")
    func purges() async throws {
        var course = RouteSettings(path: "/courses/{id}", upstream: "app", invalidatesOnWrite: ["course:{id}"])
        course.methods = ["PUT"]
        try await withWeir(routes: Self.routes + [course], answer: Chat.answering) { weir in
            for fields in [Self.fields("1", "1"), Self.fields("1", "2"), Self.fields("2", "2"), Self.fields(nil)] {
                let answer = try await weir.chat(fields: fields)
                #expect(answer.isHit == false)
            }
            #expect(weir.proxy.purge(.tags(["module:1"])) == 1)
            #expect(try await weir.chat(fields: Self.fields("1", "1")).isHit == false)
            #expect(try await weir.chat(fields: Self.fields("1", "2")).isHit)
            #expect(try await weir.request("PUT", "/courses/1", body: "{}").status == 200)
            #expect(try await weir.chat(fields: Self.fields("2", "2")).isHit)
            #expect(try await weir.chat(fields: Self.fields(nil)).isHit)
            #expect(try await weir.chat(fields: Self.fields("1", "1")).isHit == false)
            #expect(try await weir.chat(fields: Self.fields("1", "2")).isHit == false)
        }
    }

    @Test("what cannot be read passes and says so")
    func unreadable() async throws {
        let body = Chat.request("hi", members: #","metadata":{"course":[1]}"#)
        try await withWeir(routes: Self.routes, answer: Chat.answering) { weir in
            let answer = try await weir.chat(body, fields: Self.credential)
            #expect(answer.status == 200)
            #expect(answer["Cache-Status"] == "weir; fwd=bypass; detail=unreadable-context")
        }
    }

    @Test("routes whose contexts have other names share nothing")
    func names() async throws {
        var other = Self.routes[0]
        other.host = "other.test"
        other.cache.context = [ContextSource(name: "lesson", source: ValueSource(header: "X-Course"))]
        try await withWeir(routes: Self.routes + [other], answer: Chat.answering) { weir in
            let first = try await weir.chat(fields: Self.fields("1"))
            #expect(first.isHit == false)
            let head =
                "POST \(Chat.path) HTTP/1.1\r\nHost: other.test\r\n\(Self.fields("1"))"
                + "Content-Length: \(Chat.body.utf8.count)\r\n\r\n"
            try await withRawClient(port: weir.port) { client in
                try await client.send(head + Chat.body)
                #expect(try await client.response(to: "POST").isHit == false)
            }
        }
    }
}
