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
    /// nil where neither one for the whole upstream nor a `default` is given.
    var common: BreakerSettings?
    var byService: [Service: BreakerSettings] = [:]

    /// `chat` 5 and 60s, and so on.
    static let usual = Service.allCases.map { service in
        let settings = BreakerSettings.usual(for: service)
        return "\(settings.failures) and \(DurationUnit.format(settings.open)) for `\(service.rawValue)`"
    }.joined(separator: ", ")

    static let names = Service.allCases.map(\.rawValue) + ["default"]

    /// `breaker:` is either one breaker's settings or a map of them by service. There, what a service does not say is
    /// as in `default`, and where that is not given as ``BreakerSettings/usual(for:)`` has it.
    mutating func read(_ node: Node, _ reading: inout Reading) {
        let members = node.members
        guard members.contains(where: { Self.names.contains($0.key) }) else {
            common = read(node, from: BreakerSettings(), &reading)
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
            common = read(node, from: BreakerSettings(), &reading)
        }
        for service in Service.allCases {
            guard let node = node.member(service.rawValue), !node.isUnset else { continue }
            byService[service] = read(node, from: common ?? .usual(for: service), &reading)
        }
    }

    private func read(_ node: Node, from start: BreakerSettings, _ reading: inout Reading) -> BreakerSettings {
        var settings = start
        Section.breaker.readWhole(node, into: &settings, &reading)
        return settings
    }
}
