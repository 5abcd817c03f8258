import HTTPTypes

extension HTTPField.Name {
    /// Milliseconds before the answer.
    static let demoLatency = HTTPField.Name("X-Demo-Latency-Ms")!
    /// A gate to wait at before the answer.
    static let demoGate = HTTPField.Name("X-Demo-Gate")!
    /// A gate to wait at before every event but the first.
    static let demoEventGate = HTTPField.Name("X-Demo-Event-Gate")!
    /// An answer's number among the calls to its stand-in, to tell one from the next.
    static let demoCall = HTTPField.Name("X-Demo-Call")!
    /// What a purge by tag finds.
    static let cacheTag = HTTPField.Name("Cache-Tag")!
}
