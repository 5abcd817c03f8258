import ArgumentParser
import NIOCore
import WeirAdmin
import WeirProxy

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct WarmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warm",
        abstract: "Have a running Weir fetch the answers to a list of requests, so that they are stored.",
        discussion: """
            One request a line, as JSON; of its members only `path` is needed:

              {"path": "/courses/1"}
              {"path": "/v1/chat/completions", "headers": {"X-Persona-Experience-Level": "beginner"}, "body": {"model": …}}

            `method` is GET, or POST with a `body`, which goes as it stands (a string: as its text). `headers` are the \
            fields of the request; `Host` there, and `scheme` (http or https), tell where a client would have sent it, \
            where the route's keys go by that. The requests go Weir's ordinary ways, with X-Weir-Priority: bulk unless \
            they say otherwise; a credential is part of an AI answer's key, so it has to be that of those who will ask. \
            POST lines without Authorization have that of the environment variable \(credential), such as \
            'Bearer sk-…'. Blank lines are skipped; a wrong line is told with its number, and the others are sent. Ends \
            with exit code 1 where any failed.
            """
    )

    /// Bytes sent at once: the least that `admin.max_warm` can be.
    private static let part = 1 << 20
    private static let credential = "WEIR_WARM_AUTHORIZATION"

    @Argument(help: "The list, or - for standard input.")
    var file: String

    @Option(help: "Requests at once, 1 to 64.")
    var concurrency = WarmTerms.usualConcurrency

    @Option(
        help: ArgumentHelp(
            "A field that each line has, unless it has its own; may be repeated.",
            valueName: "name: value"
        )
    )
    var header: [String] = []

    @OptionGroup var admin: AdminOptions

    func validate() throws {
        guard WarmTerms.concurrencies.contains(concurrency) else {
            throw ValidationError("--concurrency expects 1 to \(WarmTerms.concurrencies.upperBound)")
        }
    }

    func run() async throws {
        try await Failure.reporting {
            let fields = try fields()
            let parts = WarmList.parts(of: try list(), size: Self.part)
            var progress = WarmProgress(total: parts.reduce(0) { $0 + WarmList($1.bytes).count { _ in true } })
            var sum = WarmAnswer()
            var failure: Failure?
            do {
                try await admin.use { client in
                    for part in parts {
                        sum.done = false
                        let before = sum
                        try await client.post(
                            "/api/admin/dashboard/cache/warm?concurrency=\(concurrency)",
                            lines: part.bytes,
                            fields: fields
                        ) { (answer: WarmAnswer) in
                            sum = before.adding(answer, linesBefore: part.linesBefore)
                            progress.show(sum)
                        }
                        guard sum.done else { throw Failure("warm: the answer broke off") }
                    }
                }
            } catch let error as Failure {
                failure = error
            }
            progress.end()
            // What it has come to, even where it came to an end too early.
            if failure == nil || sum.lines > 0 { report(sum) }
            if let failure { throw failure }
            if sum.failed > 0 { throw ExitCode.failure }
        }
    }

    private func list() throws -> ByteBuffer {
        if file == "-" { return try StandardInput.readToEnd() }
        guard let data = FileManager.default.contents(atPath: file) else { throw Failure("\(file): cannot be read") }
        return ByteBuffer(bytes: data)
    }

    private func fields() throws -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = try header.map { text in
            let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let value = String((halves.last ?? "").drop { $0 == " " })
            guard halves.count == 2, WarmTerms.Field(halves[0], value) != nil else {
                throw Failure(
                    "warm: --header expects 'name: value', such as 'Host: app.example', and no field of a connection"
                )
            }
            return ("Warm-" + halves[0], value)
        }
        let credential = ProcessInfo.processInfo.environment[Self.credential] ?? ""
        guard WarmTerms.Field("Authorization", credential) != nil else {
            throw Failure("\(Self.credential): holds what no field can hold")
        }
        if !credential.isEmpty { fields.append(("Warm-Authorization", credential)) }
        return fields
    }

    private func report(_ sum: WarmAnswer) {
        let name = file == "-" ? "<stdin>" : file
        for failure in sum.failures { StandardError.write("\(name):\(failure.line): \(failure.reason)") }
        let untold = sum.failed - sum.failures.count
        if untold > 0 { StandardError.write("\(name): and \(untold) more failed") }
        let passed = sum.passed.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        print("hits \(sum.hits)")
        print("stored \(sum.stored)")
        print("passed \(passed.reduce(0) { $0 + $1.value })", terminator: passed.isEmpty ? "\n" : ": ")
        if !passed.isEmpty { print(passed.map { "\($0.key) \($0.value)" }.joined(separator: ", ")) }
        print("failed \(sum.failed)")
        print("cost \(sum.costDollars)" + (sum.unpriced > 0 ? ", without \(sum.unpriced) of unknown price" : ""))
        print("saved \(sum.savedDollars)")
    }
}
