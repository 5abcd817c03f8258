import WeirUpstream

extension Section<PoolSettings> {
    static let pool = Section(keys: [
        Key(
            "max",
            .count(1...100_000),
            \.max,
            "Connections open at once, in use and idle. Holds through reloads: a lower value lets calls under way finish."
        ),
        Key("pending", .count(0...1_000_000), \.pending, "Calls that wait for a connection; one more gets a 503."),
        Key("pending_wait", .duration(), \.pendingWait, "How long a call may wait for a connection."),
        Key("idle", .duration(), \.idle, "How long a connection may lie unused."),
    ])
}
