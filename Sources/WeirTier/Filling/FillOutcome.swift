/// How the fetch of an answer ended, as the sidecar that made it tells those that wait.
enum FillOutcome: String, Sendable {
    /// The answer is in Redis.
    case stored = "s"
    /// There is none that could be shared.
    case unshared = "u"
}
