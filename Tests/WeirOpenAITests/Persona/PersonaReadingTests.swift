import NIOCore
import Testing
import WeirHTTP

@testable import WeirOpenAI

@Suite("Persona in a request")
struct PersonaReadingTests {
    private static let headers: [(PersonaDimension, String)] = [
        (.experienceLevel, "X-Persona-Experience-Level"), (.learningStyle, "X-Persona-Learning-Style"),
        (.communicationTone, "X-Persona-Communication-Tone"), (.contentDensity, "X-Persona-Content-Density"),
        (.interests, "X-Persona-Interests"),
    ]

    private func read(
        _ body: String,
        _ fields: FieldSection = [:],
        _ settings: PersonaSettings = PersonaSettings()
    ) -> AIRequest {
        AIRequest.read(buffer(body), endpoint: .chatCompletions, fields: fields, settings: settings)
    }

    @Test("Each dimension is read from its header in any case", arguments: headers)
    func header(dimension: PersonaDimension, name: String) {
        var fields = FieldSection()
        fields.append(named: name.lowercased(), "value")
        #expect(read("{}", fields).persona == Persona([dimension: "value"]))
    }

    @Test("Each dimension is read from the body where no header gives it", arguments: headers)
    func body(dimension: PersonaDimension, name: String) {
        let request = read(#"{"metadata":{"\#(dimension.rawValue)":"b"},"a":1}"#)
        #expect(request.persona == Persona([dimension: "b"]))
        #expect(request.canonical == buffer(#"{"a":1}"#))
    }

    @Test("The header wins over the body", arguments: headers)
    func precedence(dimension: PersonaDimension, name: String) {
        var fields = FieldSection()
        fields.append(named: name, "header")
        let request = read(#"{"metadata":{"\#(dimension.rawValue)":"body"}}"#, fields)
        #expect(request.persona == Persona([dimension: "header"]))
    }

    @Test("Header and body give the same identity")
    func headerAsBody() {
        #expect(
            identity(#"{"a":1,"metadata":{"experience_level":"novice"}}"#)
                == identity(#"{"a":1}"#, fields: ["X-Persona-Experience-Level": "novice"])
        )
    }

    @Test("A dimension elsewhere in the body leaves the canonical form and enters as persona")
    func customPointer() {
        let settings = PersonaSettings(sources: [.experienceLevel: ValueSource(body: ["persona", "level/x"])])
        let request = read(#"{"persona":{"level/x":"novice","other":1}}"#, [:], settings)
        #expect(request.persona == Persona([.experienceLevel: "novice"]))
        #expect(request.canonical == buffer(#"{"persona":{"other":1}}"#))
        #expect(
            read(#"{"persona":{"level/x":null}}"#, [:], settings).canonical == buffer(#"{"persona":{"level/x":null}}"#)
        )
    }

    @Test("A dimension that a header overrules stays in the canonical form")
    func overruled() {
        let source = ValueSource(header: "X-Level", body: ["persona", "level"])
        let settings = PersonaSettings(sources: [.experienceLevel: source])
        let one = read(#"{"persona":{"level":"a"}}"#, ["x-level": "h"], settings)
        let other = read(#"{"persona":{"level":"b"}}"#, ["x-level": "h"], settings)
        #expect(one.persona == other.persona)
        #expect(one.canonical == buffer(#"{"persona":{"level":"a"}}"#))
        #expect(other.canonical == buffer(#"{"persona":{"level":"b"}}"#))
    }

    @Test("An array's element is read and stays")
    func arrayElement() {
        let settings = PersonaSettings(sources: [.experienceLevel: ValueSource(body: ["p", "1"])])
        let request = read(#"{"p":["a","b","c"]}"#, [:], settings)
        #expect(request.persona == Persona([.experienceLevel: "b"]))
        #expect(request.canonical == buffer(#"{"p":["a","b","c"]}"#))
        for token in ["01", "-1", "3", "x", "+1", ""] {
            let settings = PersonaSettings(sources: [.experienceLevel: ValueSource(body: ["p", token])])
            #expect(read(#"{"p":["a","b","c"]}"#, [:], settings).persona.count == 0)
        }
    }

    @Test("A dimension without a source is never set")
    func noSource() {
        let request = read(
            #"{"metadata":{"learning_style":"x"}}"#,
            ["X-Persona-Learning-Style": "y"],
            PersonaSettings(sources: [:])
        )
        #expect(request.persona.count == 0)
    }

    @Test("An empty header is a value, and differs from none")
    func emptyHeader() {
        let request = read("{}", ["X-Persona-Learning-Style": ""])
        #expect(request.persona == Persona([.learningStyle: ""]))
        #expect(request.persona != Persona())
        #expect(request.persona.count == 1)
    }

    @Test("Several lines of a header are one list")
    func lines() {
        let request = read("{}", ["X-Persona-Interests": "swift, nio", "X-Persona-Interests": "art"])
        #expect(request.persona.values[.interests] == "art,nio,swift")
    }

    @Test("Header bytes that are no UTF-8 stay apart")
    func latin1() {
        func persona(_ byte: UInt8) -> Persona {
            var fields = FieldSection()
            fields.append(named: "X-Persona-Learning-Style", bytes: [0x61, byte])
            return read("{}", fields).persona
        }
        #expect(persona(0xE9).values[.learningStyle] == "aé")
        #expect(persona(0xE9) != persona(0xE8))
    }

    @Test(
        "The user is the header's, else the body's; an empty name is none",
        arguments: [
            ("{}", nil, nil), (#"{"user":"b"}"#, nil, "b"), (#"{"user":"b"}"#, "h", "h"), ("{}", "h", "h"),
            (#"{"user":""}"#, nil, nil), (#"{"user":"b"}"#, "", "b"), (#"{"user":null}"#, nil, nil),
        ] as [(String, String?, String?)]
    )
    func user(body: String, header: String?, expected: String?) {
        var fields = FieldSection()
        if let header { fields.append(named: "x-user-id", header) }
        #expect(read(body, fields).user == expected)
    }
}
