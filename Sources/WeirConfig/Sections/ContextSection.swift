import WeirOpenAI
import WeirProxy

extension Key<RouteCacheDraft> {
    /// The most entries of a `context`.
    private static let most = 16

    static let context = Key(
        name: "context",
        outline: { _ in
            Outline(
                name: "context",
                type: "mapping",
                fallback: "",
                summary:
                    "`mode: persona`: what answers are about, by names of yours, each with its `claim`, `header` or "
                    + "`body` as in `user`: `{course: {header: X-Course}}`. In the key, and a tag to purge by: `course:42`.",
                shape: .values
            )
        },
        read: { node, draft, reading in
            let members = reading.members(of: node, what: "names to where they are found")
            if members.count > Self.most {
                reading.report("expected at most \(Self.most) entries, found \(members.count)", at: node.place)
            }
            for member in members {
                guard isName(member.key) else {
                    reading.report(
                        "expected a name of letters, digits, '-' and '_', found \(Node.quote(member.key))",
                        at: member.keyPlace
                    )
                    continue
                }
                guard !taken.contains(member.key) else {
                    reading.report("'\(member.key)' is a name of Weir's own tags", at: member.keyPlace)
                    continue
                }
                var source = ValueSource()
                Section.source.read(member.value, into: &source, &reading)
                if source == ValueSource() {
                    reading.report("missing 'claim', 'header' or 'body'", at: member.value.place)
                }
                draft.settings.context.append(ContextSource(name: member.key, source: source))
            }
            draft.settings.context.sort { $0.name < $1.name }
        }
    )

    /// First halves of tags that mean something else (``AnswerPolicy/ownTags(_:)``).
    private static let taken = ["user", "persona"]

    private static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: "_")
            }
    }
}
