import Foundation
import Testing

@testable import WeirConfig

@Suite struct ReferenceTests {
    private static let document = "docs/CONFIGURATION.md"

    /// The document with its tables made anew.
    private static func updated(_ text: String) throws -> String {
        let later = Reference.later.map { "- `\($0)`\n" }.joined()
        let withKeys = try replace("keys", in: text, with: Reference.markdown)
        return try replace("later", in: withKeys, with: later)
    }

    private static func replace(_ name: String, in text: String, with table: String) throws -> String {
        let start = try #require(text.firstRange(of: "<!-- \(name) -->\n"))
        let end = try #require(text.firstRange(of: "<!-- /\(name) -->"))
        return text[..<start.upperBound] + table + text[end.lowerBound...]
    }

    @Test("The reference in the documents is the program's own")
    func documented() throws {
        let text = try Repository.text(Self.document)
        let updated = try Self.updated(text)
        if ProcessInfo.processInfo.environment["UPDATE_REFERENCE"] == "1" {
            try Repository.write(updated, to: Self.document)
        } else {
            #expect(text == updated, "run UPDATE_REFERENCE=1 swift test --filter ReferenceTests")
        }
    }

    @Test("Every key has a type, a meaning that is a sentence, and a default unless it is a mapping")
    func complete() {
        for row in Reference.rows {
            #expect(!row.type.isEmpty, "\(row.path)")
            #expect(row.summary.hasSuffix("."), "\(row.path)")
            #expect(row.fallback.isEmpty == (row.type == "mapping" && row.path != "upstreams"), "\(row.path)")
            #expect(!row.summary.contains("|"), "\(row.path)")
        }
        #expect(Set(Reference.rows.map(\.path)).count == Reference.rows.count)
    }

    @Test("What this version does not have is none of its keys")
    func later() {
        #expect(Set(Reference.later).isDisjoint(with: Reference.rows.map(\.path)))
    }
}
