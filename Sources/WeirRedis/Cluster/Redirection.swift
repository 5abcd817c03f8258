/// What a cluster's node says when a command is not for it now.
enum Redirection: Equatable {
    /// Another node has the slot: `MOVED 3999 127.0.0.1:7001`.
    case moved(HashSlot, RedisEndpoint)
    /// Another node is being given the slot, and has this key already: `ASK 3999 127.0.0.1:7001`.
    case ask(RedisEndpoint)
    /// The slot is on its way, and the command's keys are on both nodes.
    case tryAgain

    /// - Parameter asked: who says so; its host is meant where none is named.
    init?(_ reply: RedisReply, asked: RedisEndpoint) {
        guard case .error(let text) = reply else { return nil }
        let words = text.split(separator: " ")
        switch (words.first, words.count) {
        case ("MOVED"?, 3):
            guard let number = Int(words[1]), (0..<HashSlot.count).contains(number),
                let endpoint = Self.endpoint(words[2], asked)
            else { return nil }
            self = .moved(HashSlot(number: number), endpoint)
        case ("ASK"?, 3):
            guard let endpoint = Self.endpoint(words[2], asked) else { return nil }
            self = .ask(endpoint)
        case ("TRYAGAIN"?, _): self = .tryAgain
        case _: return nil
        }
    }

    /// IPv6 addresses stand without brackets, so the last colon counts.
    private static func endpoint(_ text: Substring, _ asked: RedisEndpoint) -> RedisEndpoint? {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (1...65_535).contains(port)
        else { return nil }
        let host = text[..<colon]
        return RedisEndpoint(host: host.isEmpty || host == "?" ? asked.host : String(host), port: port)
    }
}
