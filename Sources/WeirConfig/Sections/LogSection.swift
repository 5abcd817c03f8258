extension Section<LogSettings> {
    static let log = Section(
        keys: [
            Key("level", .choice(of: LogSettings.Level.self), \.level, "The least severe message that is written."),
            Key("format", .choice(of: LogSettings.Format.self), \.format, "`text` for people, `json` for machines."),
        ],
        later: ["sample", "slow"]
    )
}
