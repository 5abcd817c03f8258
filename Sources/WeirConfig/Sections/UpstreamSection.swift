import WeirHTTP
import WeirUpstream

/// One upstream while it is read.
struct UpstreamDraft: Sendable {
    var settings: UpstreamSettings
    var breakers = BreakersDraft()

    init(name: String) {
        settings = UpstreamSettings(name: name, url: UpstreamURL(scheme: .http, host: ""))
    }

    var result: UpstreamSettings {
        var settings = settings
        settings.breaker = breakers.common
        settings.breakerByService = breakers.byService
        return settings
    }
}

extension Section<UpstreamDraft> {
    static let upstream = Section(
        keys: [
            .url,
            .urls,
            Key(
                "host",
                .choice(of: HostPolicy.self),
                \.settings.host,
                "The `Host` it sees: its own (`upstream`) or the client's (`preserve`)."
            ),
            .caFile,
            .headers,
            Key("timeouts", .timeouts, \.settings.timeouts, "How long a call may take."),
            Key("pool", .pool, \.settings.pool, "Bounds on connections to each address, over all event loops."),
            .breaker,
            .ejection,
            .health,
            Key("dns", .dns, \.settings.dns, "How the host of `url` is kept resolved where it is a name."),
            Key("retry", .retry, \.settings.retry, "When a call that came to nothing is made again."),
            Key(
                "cool_down",
                .coolDown,
                \.settings.coolDown,
                "For how long a credential that got a 429 is not let through, service by service."
            ),
            .pace,
            Key(
                "include_usage",
                .boolean,
                \.settings.asksUsage,
                "Ask streams of chat and completions for their usage, and take it out for clients that did not ask; `false` "
                    + "for a provider that refuses `stream_options`. What its streams cost is not known then."
            ),
        ]
    )
}

extension Key<UpstreamDraft> {
    fileprivate static let caFile = Key.authorities(
        \.settings.caFile,
        "A PEM file of the certificate authorities to trust here, instead of the system's. A relative "
            + "path starts at this file's folder."
    )

    fileprivate static let headers = Key(
        name: "headers",
        outline: { _ in
            Outline(
                name: "headers",
                type: "mapping",
                fallback: "",
                summary: "Fields set on every request, in place of the client's. A field whose value has a variable "
                    + "that is empty is not set, so that the client's own passes.",
                shape: .values
            )
        },
        read: { node, draft, reading in
            var names: Set<String> = []
            for member in reading.members(of: node, what: "header names to values") {
                guard ValueType<String>.isSettableField(member, &reading) else { continue }
                guard names.insert(member.key.lowercased()).inserted else {
                    reading.report("header \(Node.quote(member.key)) is set twice", at: member.keyPlace)
                    continue
                }
                if case .scalar(let scalar) = member.value.content, scalar.hasEmptyVariable { continue }
                guard !member.value.isUnset, let value = reading.value(of: member.value, .fieldValue) else { continue }
                draft.settings.headers.append((name: member.key, value: value))
            }
        }
    )

    fileprivate static let breaker = Key(
        name: "breaker",
        outline: { draft in
            let keys = Section.breaker.outlines(BreakerSettings())
            let services = BreakersDraft.names.joined(separator: ", ")
            let byService = Outline(
                name: "SERVICE",
                type: "mapping",
                fallback: "",
                summary: "The same settings for one service of the API: \(services). What a service does not say is as "
                    + "in `default`; without one `failures` and `open` are \(BreakersDraft.usual), as they are where "
                    + "`breaker` is not given.",
                shape: .choices(BreakersDraft.names, keys)
            )
            return Outline(
                name: "breaker",
                type: "mapping",
                fallback: "",
                summary: "When calls stop, and for how long: settings for the whole upstream, or a map of them by "
                    + "service.",
                shape: .section(keys + [byService], later: [])
            )
        },
        read: { node, draft, reading in draft.breakers.read(node, &reading) }
    )
}

extension ValueType<String> {
    static let file = text(name: "file", expected: "the path of a file", isValid: { !$0.contains("\0") })

    /// Fields that frame a message or belong to one connection are Weir's own (RFC 9110 §7.6.1).
    private static let ownFields: Set<String> = [
        "connection", "content-length", "expect", "host", "keep-alive", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    fileprivate static func isSettableField(_ member: Node.Member, _ reading: inout Reading) -> Bool {
        let name = Node(.scalar(Node.Scalar(text: member.key)), at: member.keyPlace)
        guard reading.value(of: name, .fieldName) != nil else { return false }
        guard ownFields.contains(member.key.lowercased()) else { return true }
        let hint = member.key.lowercased() == "host" ? "; see 'host: preserve'" : ""
        reading.report("header \(Node.quote(member.key)) is Weir's own to set\(hint)", at: member.keyPlace)
        return false
    }
}
