import NIOCore
import WeirUpstream

extension Section<DNSSettings> {
    static let dns = Section(keys: [
        Key(
            "ttl",
            .duration(atLeast: .seconds(1)),
            \.ttl,
            "How old an answer may be before the name is asked for again."
        ),
        Key("keep", .duration(), \.keep, "How long the last good answer is used while asking fails."),
    ])
}
