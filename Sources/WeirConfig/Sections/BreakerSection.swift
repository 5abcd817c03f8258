import WeirUpstream

extension Section<BreakerSettings> {
    static let breaker = Section(keys: [
        Key("failures", .count(1...1_000_000), \.failures, "Failures in a row that open it."),
        Key("rate", .percentage, \.rate, "The share of failed calls within `window` that opens it."),
        Key("volume", .count(1...1_000_000), \.volume, "Calls within `window` before `rate` is looked at."),
        Key("window", .duration(), \.window, "The time over which `rate` is taken."),
        Key("open", .duration(), \.open, "How long it stays open at first; doubled after each failed probe."),
        Key("open_max", .duration(), \.openMax, "The longest it stays open."),
    ])

    /// Reads one breaker and checks it as a whole.
    func readWhole(_ node: Node, into settings: inout BreakerSettings, _ reading: inout Reading) {
        read(node, into: &settings, growing: ("open", \.open), upTo: ("open_max", \.openMax), &reading)
    }
}

/// The breakers of one upstream.
struct BreakersDraft: Sendable {
    var common = BreakerSettings()
    var byService: [Service: BreakerSettings] = [:]

    static let names = Service.allCases.map(\.rawValue) + ["default"]

    /// `breaker:` is either one breaker's settings or a map of them by service. There, what a service does not say is
    /// as in `default`.
    mutating func read(_ node: Node, _ reading: inout Reading) {
        let members = node.members
        guard members.contains(where: { Self.names.contains($0.key) }) else {
            Section.breaker.readWhole(node, into: &common, &reading)
            return
        }
        let settings = Section.breaker.keys.map(\.name)
        for member in members where settings.contains(member.key) {
            reading.report(
                "'breaker' is given by service here: put '\(member.key)' under a service or under 'default'",
                at: member.keyPlace
            )
        }
        let others = members.filter { !settings.contains($0.key) }
        reading.refuseUnknown(others, known: Self.names, later: [])
        if let node = node.member("default"), !node.isUnset {
            Section.breaker.readWhole(node, into: &common, &reading)
        }
        for service in Service.allCases {
            guard let node = node.member(service.rawValue), !node.isUnset else { continue }
            var settings = common
            Section.breaker.readWhole(node, into: &settings, &reading)
            byService[service] = settings
        }
    }
}
