import Testing

@testable import WeirOpenAI

@Suite("Persona")
struct PersonaTests {
    @Test(
        "Interests are a set",
        arguments: [
            ("swift", "swift"), ("swift,nio", "nio,swift"), (" nio ,\tswift , nio", "nio,swift"), ("", ""),
            (" , ,", ""), ("b b, a", "a,b b"), ("B,a", "B,a"), ("é,z", "z,é"),
        ]
    )
    func interests(text: String, expected: String) {
        #expect(Persona([.interests: text]).values[.interests] == expected)
    }

    @Test("A comma within an element of a list is no comma between two, in the set and in its tags")
    func commas() {
        var list = Persona()
        list.set(interests: [" b", #"a,\b"#, "", "b", #"c\"#])
        #expect(list.values[.interests] == #"a\,\\b,b,c\\"#)
        #expect(list.tags == [#"a\,\\b"#, "b", #"c\\"#, #"a\,\\b,b,c\\"#].map { "persona:interests=" + $0 })
        #expect(list.tags.contains(Persona.tag(for: .interests, value: #"a\,\b"#)))
        #expect(list.tags.contains(Persona.tag(for: .interests, value: #"c\"#)))
        #expect(list.tags.contains(Persona.tag(for: .interests, value: #"c\,b,a\,\\b"#)) == false)
        #expect(list.tags.contains(Persona.tag(for: .interests, value: #"c\\,b,a\,\\b"#)))
        #expect(!list.tags.contains(Persona.tag(for: .interests, value: "a,b")))
        // A field has no such elements: every comma is between two.
        #expect(Persona([.interests: #"a\,b"#]).values[.interests] == #"a\\,b"#)
    }

    @Test("Two spellings of one character are two interests")
    func spellings() {
        let persona = Persona([.interests: "é,e\u{301}"])
        #expect(persona.values[.interests]?.utf8.count == 6)
        #expect(Persona([.learningStyle: "é"]) != Persona([.learningStyle: "e\u{301}"]))
    }

    @Test("A key gets all five dimensions in one order, and nil for what is missing")
    func keyParts() {
        var parts: [String?] = []
        Persona([.contentDensity: "dense", .experienceLevel: "", .interests: "b,a"]).appendKeyParts { parts.append($0) }
        #expect(parts == ["", nil, nil, "dense", "a,b"])
    }

    @Test("Entries are tagged by dimension, by each interest, and by all interests together")
    func tags() {
        #expect(Persona().tags == [])
        #expect(
            Persona([.experienceLevel: "beginner", .interests: "swift,nio"]).tags == [
                "persona:experience_level=beginner", "persona:interests=nio", "persona:interests=swift",
                "persona:interests=nio,swift",
            ]
        )
        #expect(Persona([.interests: "swift"]).tags == ["persona:interests=swift"])
        #expect(Persona([.experienceLevel: "a,b"]).tags == ["persona:experience_level=a,b"])
    }

    @Test("A purge's tag is among those of the entries it should find")
    func purgeTags() {
        let tags = Persona([.interests: "swift,nio", .learningStyle: "visual"]).tags
        #expect(tags.contains(Persona.tag(for: .interests, value: " swift ")))
        #expect(tags.contains(Persona.tag(for: .interests, value: "swift, nio")))
        #expect(tags.contains(Persona.tag(for: .learningStyle, value: "visual")))
        #expect(!tags.contains(Persona.tag(for: .interests, value: "art")))
    }

    @Test(
        "The lifetime falls linearly with the dimensions set",
        arguments: [(0, 86_400), (1, 69_840), (2, 53_280), (3, 36_720), (4, 20_160), (5, 3600)] as [(Int, Int64)]
    )
    func lifetime(count: Int, expected: Int64) {
        let values = PersonaDimension.allCases.prefix(count).map { ($0, "x") }
        let persona = Persona(Dictionary(uniqueKeysWithValues: values))
        #expect(persona.count == count)
        #expect(persona.lifetime(ttl: 86_400, personalised: 3600) == expected)
        #expect(persona.lifetime(ttl: 60, personalised: 60) == 60)
        #expect((0...Int64.max).contains(persona.lifetime(ttl: .max, personalised: 0)))
        #expect((0...Int64.max).contains(persona.lifetime(ttl: 0, personalised: .max)))
    }
}
