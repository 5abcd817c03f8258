import ArgumentParser
import Logging

/// The program: an app backend and an OpenAI API to put Weir in front of, without an account.
///
/// Both answer the same way every time, and both can be told to be slow, to fail or to break off
/// (`/_demo/…`), and count what they were asked.
@main
struct WeirDemo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weir-demo",
        abstract: "A stand-in app backend and OpenAI API for trying Weir."
    )

    @Option(help: "Where the app backend listens.")
    var app = ListenAddress(host: "127.0.0.1", port: 3000)

    @Option(help: "Where the OpenAI stand-in listens.")
    var openai = ListenAddress(host: "127.0.0.1", port: 3001)

    @Option(help: "Milliseconds that every answer of the OpenAI stand-in takes.")
    var latency = 0

    @Option(help: "Requests a minute of the OpenAI stand-in, for each credential and model.")
    var requestsPerMinute = 1_000_000

    @Option(help: "Tokens a minute of the OpenAI stand-in, for each credential and model: a token for four bytes.")
    var tokensPerMinute = 1_000_000_000

    func validate() throws {
        guard requestsPerMinute > 0, tokensPerMinute > 0 else { throw ValidationError("limits are from 1") }
        guard latency >= 0 else { throw ValidationError("--latency is a number of milliseconds from 0") }
    }

    func run() async throws {
        let standIns = [
            AppBackend.standIn(at: app),
            OpenAIBackend.standIn(
                at: openai,
                latency: .milliseconds(latency),
                limits: RateLimits.Limits(requestsPerMinute: requestsPerMinute, tokensPerMinute: tokensPerMinute)
            ),
        ]
        let stopping = StopSignals()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for standIn in standIns {
                group.addTask { try await standIn.run() }
            }
            try await group.next()
            group.cancelAll()
        }
        withExtendedLifetime(stopping) {}
    }
}
