import ArgumentParser

@main
struct Weir: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "weir",
        abstract: "A caching reverse proxy that runs beside an application with AI in it.",
        discussion: """
            Point your apps at Weir's URL; it forwards to the upstreams that proxy.conf names and makes the same \
            answer cheap the second time.
            """,
        version: "weir \(version)",
        subcommands: [
            RunCommand.self, CheckCommand.self, StatsCommand.self, PopularCommand.self, PurgeCommand.self,
            WarmCommand.self,
            ResetCircuitCommand.self, VersionCommand.self,
        ],
        defaultSubcommand: RunCommand.self
    )
}
