/// Finds the text in what a request sends.
enum Prompt {
    /// Of a message's `content` or a Responses `input` item's: a string, or parts that hold `text`.
    static func text(_ content: JSONValue?) -> String {
        if let text = content?.string { return text }
        return (content?.array ?? []).compactMap { $0["text"]?.string }.joined(separator: " ")
    }

    /// Of the last message by the user, and of all messages together.
    static func texts(messages: [JSONValue]) -> (last: String, all: String) {
        let all = messages.map { text($0["content"]) }.joined(separator: " ")
        let last = messages.last { $0["role"]?.string == "user" } ?? messages.last
        return (text(last?["content"]), all)
    }
}
