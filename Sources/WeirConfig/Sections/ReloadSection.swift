import NIOCore

extension Section<ReloadSettings> {
    static let reload = Section(keys: [
        Key(
            "watch",
            .duration(atLeast: .nanoseconds(0), atMost: .hours(24)),
            \.watch,
            "How often the file is looked at for changes; `0s` for never: it is read again on SIGHUP alone."
        )
    ])
}
