import ArgumentParser
import WeirAdmin
import WeirConfig

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

struct PopularCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "popular",
        abstract: "Print the keys of a running Weir that are hit most.",
        discussion: """
            With --export their requests, as a list for `weir warm`: they hold what users have written, and are kept only \
            with `cache: {popular: {requests: true}}`. Credentials are never among it.
            """
    )

    @Option(help: "Keys at most, 1 to 10000.")
    var limit = 20

    @Flag(help: "Print their requests, as JSON lines.")
    var export = false

    @OptionGroup var admin: AdminOptions

    func run() async throws {
        try await Failure.reporting {
            try await admin.use { client in
                if export {
                    let list = try await client.get(lines: "/api/admin/dashboard/cache/popular/requests?limit=\(limit)")
                    print(list, terminator: "")
                    if list.isEmpty {
                        StandardError.write("popular: no requests are kept; cache.popular.requests switches that on")
                    }
                } else {
                    let text = try await client.get("/api/admin/dashboard/cache/popular?limit=\(limit)")
                    print(
                        table(try JSONDecoder().decode(PopularAnswer.self, from: Data(text.utf8)).keys),
                        terminator: ""
                    )
                }
            }
        }
    }

    private func table(_ keys: [PopularAnswer.Key]) -> String {
        TextTable.render([
            ("HITS", keys.map { "\($0.hits)" }),
            ("SAVED", keys.map { $0.savedDollars > 0 ? "\($0.savedDollars)" : "" }),
            ("AGE", keys.map { $0.ageSeconds.map { "\($0)s" } ?? "" }),
            ("TTL", keys.map { $0.ttlSeconds.map { "\($0)s" } ?? "" }),
            ("ROUTE", keys.map(\.route)),
            ("PATH", keys.map(\.path)),
            ("KEY", keys.map(\.key)),
        ])
    }
}
