import ArgumentParser

struct ResetCircuitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset-circuit",
        abstract: "Close the circuit breakers of an upstream.",
        discussion: "All of the upstream's, or one service's: chat, embeddings, moderations, fine_tuning, other."
    )

    @Argument(help: "The upstream's name in proxy.conf.")
    var upstream: String

    @Argument(help: "One service of it.")
    var service: String?

    @OptionGroup var admin: AdminOptions

    func run() async throws {
        try await Failure.reporting {
            try await admin.use { client in
                let answer: Closed = try await client.post(
                    "/api/admin/dashboard/circuits/reset",
                    Circuit(upstream: upstream, service: service)
                )
                print("reset \(answer.reset)")
            }
        }
    }

    /// The body of `circuits/reset`.
    private struct Circuit: Encodable {
        var upstream: String
        var service: String?
    }

    private struct Closed: Decodable {
        var reset: Int
    }
}
