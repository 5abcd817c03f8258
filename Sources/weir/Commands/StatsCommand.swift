import ArgumentParser

struct StatsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Print the statistics of a running Weir.",
        discussion: "The JSON of its /stats endpoint, for people and for programs such as jq."
    )

    @OptionGroup var admin: AdminOptions

    @Flag(help: "Print them anew every second, until interrupted.")
    var watch = false

    func run() async throws {
        try await Failure.reporting {
            try await admin.use { client in
                repeat {
                    print(try await client.get("/stats"))
                    if watch { try await Task.sleep(for: .seconds(1)) }
                } while watch
            }
        }
    }
}
