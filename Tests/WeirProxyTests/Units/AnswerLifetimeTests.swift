import NIOCore
import Testing
import WeirCache
import WeirHTTP
import WeirOpenAI

@testable import WeirProxy

@Suite struct AnswerLifetimeTests {
    @Test(
        "X-Weir-TTL in its forms, bounded; anything else is not asked",
        arguments: [
            ("0", 0), ("90", 90), ("90s", 90), ("5m", 300), ("2h", 7200), ("1d", 86_400), ("2d", 86_400), ("", 86_400),
            ("-1", 86_400), ("1.5h", 86_400), ("1w", 86_400), (" 5", 86_400), ("999999999999", 86_400),
        ]
    )
    func asked(value: String, seconds: Int64) {
        var fields = FieldSection()
        fields.append(.xWeirTTL, value)
        #expect(
            AnswerLifetime.seconds(cache: RouteCacheSettings(mode: .persona), persona: Persona(), fields: fields)
                == seconds
        )
    }

    @Test("a short ttl is not lengthened by a persona")
    func shortLifetime() {
        let cache = RouteCacheSettings(mode: .persona, ttl: .seconds(60))
        let persona = Persona([.interests: "a", .learningStyle: "b"])
        #expect(AnswerLifetime.seconds(cache: cache, persona: persona, fields: FieldSection()) == 60)
        let full = Persona(Dictionary(uniqueKeysWithValues: PersonaDimension.allCases.map { ($0, "x") }))
        let usual = RouteCacheSettings(mode: .persona)
        #expect(AnswerLifetime.seconds(cache: usual, persona: full, fields: FieldSection()) == 3_600)
    }
}
