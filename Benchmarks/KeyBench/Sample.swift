/// Requests as applications send them.
struct Sample {
    let name: String
    let body: String

    static let all = [
        Sample(name: "one long message", body: chat([("user", text(3_950))])),
        Sample(
            name: "a conversation of 20 short messages",
            body: chat((0..<20).map { ($0 % 2 == 0 ? "user" : "assistant", text(160)) })
        ),
        Sample(
            name: "the same, spaced and indented",
            body: chat(
                (0..<20).map { ($0 % 2 == 0 ? "user" : "assistant", text(120)) },
                colon: ": ",
                comma: ",\n      "
            )
        ),
        Sample(name: "code, with an escape every 20 bytes", body: chat([("user", code(3_900))])),
        Sample(name: "German, with an umlaut every 12 bytes", body: chat([("user", umlauts(3_900))])),
        Sample(name: "Chinese", body: chat([("user", String(repeating: "什么是堰？它如何调节水位。", count: 100))])),
        Sample(name: "ten tools and a short question", body: chat([("user", text(100))], members: tools(10))),
        Sample(name: "a short question", body: chat([("user", "What is a weir?")])),
    ]

    private static func chat(
        _ messages: [(String, String)],
        members: String = "",
        colon: String = ":",
        comma: String = ","
    ) -> String {
        let list = messages.map { role, content in
            "{\"role\"\(colon)\"\(role)\"\(comma)\"content\"\(colon)\"\(content)\"}"
        }
        return "{\"model\"\(colon)\"gpt-4o-mini\"\(comma)\"messages\"\(colon)[\(list.joined(separator: comma))]\(comma)"
            + "\"temperature\"\(colon)0.2\(comma)\"max_completion_tokens\"\(colon)512\(comma)\"stream\"\(colon)true\(members)}"
    }

    private static let words =
        "A weir is a low barrier across a river that holds water back and lets it over its crest. "

    private static func text(_ count: Int) -> String { filled(words, count) }
    private static func code(_ count: Int) -> String {
        filled(#"let flow = width \n  "# + #"return \"m3/s\"; "#, count)
    }
    private static func umlauts(_ count: Int) -> String {
        filled("Ein Wehr hält das Wasser über der Straße zurück. ", count)
    }

    private static func filled(_ piece: String, _ count: Int) -> String {
        String(repeating: piece, count: max(1, count / piece.utf8.count))
    }

    private static func tools(_ count: Int) -> String {
        let list = (0..<count).map { number in
            #"{"type":"function","function":{"name":"level_\#(number)","description":"The water level at a gauge.","#
                + #""parameters":{"type":"object","properties":{"gauge":{"type":"string","description":"Its name"},"days":"#
                + #"{"type":"integer","minimum":1,"maximum":14}},"required":["gauge"],"additionalProperties":false}}}"#
        }
        return ",\"tools\":[\(list.joined(separator: ","))]"
    }
}
