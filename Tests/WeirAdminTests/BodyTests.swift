import HTTPTypes
import Testing
import WeirCache
import WeirUpstream

@testable import WeirAdmin

@Suite("Bodies of the admin API")
struct BodyTests {
    private static let hex = "00000000000000010000000000000002000000000000000300000000000000ff"

    private func problem(_ read: () throws(AdminError) -> Void) -> String? {
        do throws(AdminError) {
            try read()
            return nil
        } catch {
            #expect(error.status == .badRequest)
            #expect(error.code == "invalid_body")
            return error.message
        }
    }

    @Test(
        "A purge is exactly one member, and perhaps whether it is soft",
        arguments: [
            (#"{"key": "\#(hex)"}"#, CachePurge(purge: .key(CacheKey(1, 2, 3, 255)))),
            (#"{"key": "\#(hex.uppercased())"}"#, CachePurge(purge: .key(CacheKey(1, 2, 3, 255)))),
            (#"{"tag": "course:7"}"#, CachePurge(purge: .tags(["course:7"]))),
            (#"{"pattern": "/courses/*"}"#, CachePurge(purge: .pattern(GlobPattern("/courses/*")))),
            (#"{"user": "ann"}"#, CachePurge(purge: .tags(["user:ann"]))),
            (
                #"{"persona": {"experience_level": "beginner"}}"#,
                CachePurge(purge: .tags(["persona:experience_level=beginner"]))
            ),
            (#"{"persona": {"learning_style": ""}}"#, CachePurge(purge: .tags(["persona:learning_style="]))),
            (
                #"{"persona": {"interests": "swift, art", "communication_tone": "dry"}}"#,
                CachePurge(purge: .tags(["persona:communication_tone=dry", "persona:interests=art,swift"]))
            ),
            (#"{"all": true}"#, CachePurge(purge: .all)),
            (#"{"all": true, "soft": false}"#, CachePurge(purge: .all)),
            (#"{"soft": true, "tag": "course:7"}"#, CachePurge(purge: .tags(["course:7"]), isSoft: true)),
        ]
    )
    func purge(_ body: String, _ expected: CachePurge) throws {
        #expect(try CachePurge(JSONValue(parsing: body.utf8)) == expected)
    }

    @Test(
        "A purge that is not one says what was expected and what was found",
        arguments: [
            ("", "expected a JSON object, found an empty body"),
            ("{", "expected a JSON object, found a body that is not JSON"),
            ("tag=x", "expected a JSON object, found a body that is not JSON"),
            ("[]", "expected an object with exactly one of key, tag, pattern, user, persona and all, found an array"),
            ("{}", "expected exactly one of key, tag, pattern, user, persona and all, found none"),
            (
                #"{"tag": "a", "all": true}"#,
                "expected exactly one of key, tag, pattern, user, persona and all, found all and tag"
            ),
            (#"{"tags": "a"}"#, "expected exactly one of key, tag, pattern, user, persona and all, found 'tags'"),
            (#"{"tag": ""}"#, "tag: expected a string that is not empty, found ''"),
            (#"{"user": 7}"#, "user: expected a string that is not empty, found a number"),
            (#"{"pattern": null}"#, "pattern: expected a string that is not empty, found null"),
            (#"{"key": "abc"}"#, "key: expected 64 hexadecimal digits, found 'abc'"),
            (#"{"all": false}"#, "all: expected true, found false"),
            (#"{"soft": true}"#, "expected exactly one of key, tag, pattern, user, persona and all, found none"),
            (#"{"all": true, "soft": 1}"#, "soft: expected true or false, found a number"),
            (#"{"all": true, "soft": null}"#, "soft: expected true or false, found null"),
            (
                #"{"all": true, "softly": true}"#,
                "expected exactly one of key, tag, pattern, user, persona and all, found all and softly"
            ),
            (#"{"all": 1}"#, "all: expected true, found a number"),
            (#"{"persona": {}}"#, "persona: expected an object of dimensions and values, found an empty object"),
            (#"{"persona": "x"}"#, "persona: expected an object of dimensions and values, found 'x'"),
            (#"{"persona": {"interests": ["a"]}}"#, "persona.interests: expected a string, found an array"),
            (
                #"{"persona": {"mood": "x"}}"#,
                """
                persona: expected one of experience_level, learning_style, communication_tone, content_density, \
                interests, found 'mood'
                """
            ),
        ]
    )
    func noPurge(_ body: String, _ expected: String) {
        #expect(problem { () throws(AdminError) in _ = try CachePurge(JSONValue(parsing: body.utf8)) } == expected)
    }

    @Test(
        "A reset names an upstream, and perhaps a service",
        arguments: [
            (#"{"upstream": "openai"}"#, Service?.none), (#"{"upstream": "openai", "service": null}"#, nil),
            (#"{"upstream": "openai", "service": "fine_tuning"}"#, .fineTuning),
        ]
    )
    func reset(_ body: String, _ service: Service?) throws {
        let reset = try CircuitReset(JSONValue(parsing: body.utf8))
        #expect(reset.upstream == "openai")
        #expect(reset.service == service)
    }

    @Test(
        "A reset that is not one says what was expected and what was found",
        arguments: [
            ("7", "expected an object with upstream and perhaps service, found a number"),
            ("{}", "upstream: expected a string, found none"),
            (#"{"upstream": true}"#, "upstream: expected a string, found true"),
            (#"{"upstream": "a", "services": "b"}"#, "expected upstream and perhaps service, found 'services'"),
            (
                #"{"upstream": "a", "service": "chats"}"#,
                "service: expected one of chat, embeddings, moderations, fine_tuning, other, found 'chats'"
            ),
        ]
    )
    func noReset(_ body: String, _ expected: String) {
        #expect(problem { () throws(AdminError) in _ = try CircuitReset(JSONValue(parsing: body.utf8)) } == expected)
    }
}
