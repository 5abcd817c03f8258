import Synchronization

/// The API's own cache of prompts: of one that has come before, whoever has sent it with the same credential, the part in
/// whole steps is cached, if there is enough of it.
final class PromptCache: Sendable {
    private static let least = 1024
    private static let step = 128
    private static let mostPrompts = 10_000

    private let seen = Mutex<Set<[UInt8]>>([])

    /// How many of a prompt's tokens are cached; it is from now on.
    func cachedTokens(of prompt: String, tokens: Int, credential: String?, model: String) -> Int {
        guard tokens >= Self.least else { return 0 }
        let digest = Array(SHA256Digest.digest(of: "\(credential ?? "")\u{0}\(model)\u{0}\(prompt)".utf8))
        let isKnown = seen.withLock { seen in
            if seen.count >= Self.mostPrompts { seen = [] }
            return !seen.insert(digest).inserted
        }
        return isKnown ? tokens / Self.step * Self.step : 0
    }

    func reset() { seen.withLock { $0 = [] } }
}
