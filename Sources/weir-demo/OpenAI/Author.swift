/// Writes the stand-in's text: the same prompt always gets the same words.
struct Author {
    private static let words = [
        "water", "stone", "crest", "pool", "current", "bank", "gate", "ripple", "spring", "ford", "mill", "eddy",
        "channel", "sluice", "heron", "reed",
    ]

    /// What is answered to.
    let prompt: String

    /// The answer's tokens, which joined are its text. A token is a word with the space before it.
    ///
    /// - Parameter choice: from 0; every choice reads differently.
    func tokens(choice: Int = 0) -> [String] {
        let digest = SHA256Digest.digest(of: "\(choice) \(prompt)".utf8)
        let told = prompt.split(whereSeparator: \.isWhitespace).suffix(12).map { " " + $0 }
        let picked = digest.prefix(8).map { " " + Self.words[Int($0) % Self.words.count] }
        return ["You", " said:"] + told + [" —", " and", " I", " think", " of"] + picked + ["."]
    }

    /// The answer cut to `limit` tokens, and whether it had to be.
    ///
    /// - Parameter request: may ask for JSON.
    func answer(choice: Int = 0, limit: Int?, to request: JSONValue = .null) -> (tokens: [String], isCut: Bool) {
        let words = tokens(choice: choice)
        let tokens = StructuredText(request, told: words.joined())?.tokens ?? words
        guard let limit, limit < tokens.count else { return (tokens, false) }
        return (Array(tokens.prefix(max(limit, 0))), true)
    }

    /// How many tokens a text counts as: its words.
    static func count(_ text: String) -> Int {
        max(text.split(whereSeparator: \.isWhitespace).count, 1)
    }
}
