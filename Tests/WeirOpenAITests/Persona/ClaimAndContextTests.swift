import NIOCore
import Testing
import WeirHTTP

@testable import WeirOpenAI

@Suite("Claims and context in a request")
struct ClaimAndContextTests {
    private func claims(_ payload: String) throws -> TokenClaims { try TokenClaims(Array(payload.utf8)) }

    private func read(
        _ body: String = "{}",
        _ fields: FieldSection = [:],
        _ settings: PersonaSettings,
        claims: String? = nil
    ) throws -> AIRequest {
        AIRequest.read(
            buffer(body),
            endpoint: .chatCompletions,
            fields: fields,
            settings: settings,
            claims: try claims.map { try self.claims($0) }
        )
    }

    private static let level = PersonaSettings(sources: [
        .experienceLevel: ValueSource(claim: ["app", "level"], header: "X-Level", body: ["metadata", "level"])
    ])

    @Test("A claim wins over a header, a header over the body")
    func precedence() throws {
        let body = #"{"metadata":{"level":"body"}}"#
        let claim = #"{"app":{"level":"claim"}}"#
        for (fields, claims, expected) in [
            (["X-Level": "header"] as FieldSection, claim as String?, "claim"), (["X-Level": "header"], "{}", "header"),
            (["X-Level": "header"], #"{"app":{"level":null}}"#, "header"), ([:], claim, "claim"), ([:], nil, "body"),
        ] {
            #expect(try read(body, fields, Self.level, claims: claims).persona == Persona([.experienceLevel: expected]))
        }
    }

    @Test("Interests may be a list of claims")
    func interests() throws {
        let settings = PersonaSettings(sources: [.interests: ValueSource(claim: ["interests"])])
        let request = try read("{}", [:], settings, claims: #"{"interests":["c","a,b"]}"#)
        var expected = Persona()
        expected.set(interests: ["a,b", "c"])
        #expect(request.persona == expected)
    }

    @Test("The user is the token's subject by default, whatever a field or the body says")
    func user() throws {
        let request = try read(
            #"{"user":"mallory"}"#,
            ["X-User-Id": "mallory"],
            PersonaSettings(),
            claims: #"{"sub":"ann"}"#
        )
        #expect(request.user == "ann")
        #expect(try read("{}", ["X-User-Id": "bob"], PersonaSettings(), claims: "{}").user == "bob")
    }

    @Test(
        "What cannot be read of a token passes, and nobody else's word stands in its place",
        arguments: [
            (#"{"sub":42}"#, BypassReason.unreadableUser), (#"{"sub":["ann"]}"#, .unreadableUser),
            (#"{"sub":"ann","app":{"level":3}}"#, .unreadablePersona),
        ]
    )
    func unreadable(claims: String, reason: BypassReason) throws {
        var settings = Self.level
        settings.user = PersonaSettings().user
        let request = try read(
            #"{"user":"mallory"}"#,
            ["X-User-Id": "mallory", "X-Level": "l"],
            settings,
            claims: claims
        )
        #expect(request.bypass == reason && request.canonical == nil)
        #expect(request.user == (reason == .unreadableUser ? nil : "ann"))
        #expect(request.persona.count == 0 || reason == .unreadableUser)
    }

    @Test("An empty subject is nobody, not who a field names")
    func emptySubject() throws {
        #expect(try read("{}", ["X-User-Id": "mallory"], PersonaSettings(), claims: #"{"sub":""}"#).user == nil)
    }

    // MARK: Context

    private static let context = PersonaSettings(
        sources: [:],
        context: [
            ContextSource(name: "course", source: ValueSource(header: "X-Course", body: ["metadata", "course"])),
            ContextSource(name: "module", source: ValueSource(claim: ["module"], body: ["metadata", "module"])),
        ]
    )

    @Test("It is read from claims, headers and the body; what is not there is a value of its own")
    func read() throws {
        let request = try read(
            #"{"metadata":{"course":"body","module":7}}"#,
            ["X-Course": "42"],
            Self.context,
            claims: #"{"module":"m"}"#
        )
        #expect(request.context.values.map(\.value) == ["42", "m"])
        #expect(request.context.tags == ["course:42", "module:m"])
        let other = try read(#"{"metadata":{"module":7}}"#, [:], Self.context)
        #expect(other.context.values.map(\.value) == [nil, "7"])
        #expect(other.context.tags == ["module:7"])
        let empty = try read("{}", ["X-Course": ""], Self.context)
        #expect(empty.context.values.map(\.value) == ["", nil])
        #expect(empty.context != (try read("{}", [:], Self.context)).context)
    }

    @Test("What is no text and no number passes", arguments: ["true", "[]", #"{"a":1}"#, #""\ud800""#])
    func unreadableContext(value: String) throws {
        let request = try read(#"{"metadata":{"course":\#(value)}}"#, [:], Self.context)
        #expect(request.bypass == .unreadableContext)
    }

    @Test("Its places in the body stay in the canonical form, where they are not metadata")
    func canonical() throws {
        let settings = PersonaSettings(
            sources: [:],
            context: [ContextSource(name: "course", source: ValueSource(body: ["course"]))]
        )
        #expect(try read(#"{"course": 1}"#, [:], settings).canonical == buffer(#"{"course":1}"#))
    }

    @Test("It is read where the body cannot be")
    func withoutBody() throws {
        let request = try read("no JSON", ["X-Course": "42"], Self.context)
        #expect(request.bypass == .invalidJSON && request.context.tags == ["course:42"])
    }
}
