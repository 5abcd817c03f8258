/// A failure that the next calls under a path get instead of their answer.
struct Fault: Sendable, Equatable, Decodable {
    /// How many calls fail.
    var count: Int
    /// The status they get; nil breaks the connection off before an answer.
    var status: Int?
    /// `Retry-After` of the answer.
    var retryAfter: String?
    /// The error's `code`.
    var code: String?
    /// Whole segments: `/v1/chat` covers `/v1/chat/completions`.
    var path: String?

    func covers(_ requestPath: String, defaultPath: String) -> Bool {
        let prefix = path ?? defaultPath
        return prefix == "/" || requestPath == prefix || requestPath.hasPrefix(prefix + "/")
    }
}
