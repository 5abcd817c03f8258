import ArgumentParser
import WeirAdmin

struct PurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Remove stored answers from a running Weir.",
        discussion: "Give exactly one of the options that say what; prints how many entries it was meant for."
    )

    @Option(help: "Everything with this tag.")
    var tag: String?

    @Option(help: "One entry by its key: 64 hexadecimal digits.")
    var key: String?

    @Option(help: "A glob (* and ?) over tags, or over paths when it begins with a slash.")
    var pattern: String?

    @Option(help: "What this user's requests caused to be stored.")
    var user: String?

    @Option(help: ArgumentHelp("What was stored for a persona dimension.", valueName: "dimension=value"))
    var persona: String?

    @Flag(help: "Everything.")
    var all = false

    @Flag(help: "Mark as stale instead of removing: validated before its next use, or while a stale answer is served.")
    var soft = false

    @OptionGroup var admin: AdminOptions

    func run() async throws {
        try await Failure.reporting {
            let selector = try self.selector()
            try await admin.use { client in
                let answer: CachePurgeAnswer = try await client.post(
                    "/api/admin/dashboard/cache/invalidate",
                    selector
                )
                if let removed = answer.removed { print("removed \(removed)") }
                if let softened = answer.softened { print("softened \(softened)") }
                if answer.untold == true {
                    StandardError.write("untold: other sidecars hear of it when Redis can be reached")
                }
            }
        }
    }

    private func selector() throws -> Selector {
        let given = [tag, key, pattern, user, persona].count { $0 != nil } + (all ? 1 : 0)
        guard given == 1 else {
            throw Failure("purge: give exactly one of --tag, --key, --pattern, --user, --persona and --all")
        }
        return Selector(
            tag: tag,
            key: key,
            pattern: pattern,
            user: user,
            persona: try persona.map(dimension),
            all: all ? true : nil,
            soft: soft ? true : nil
        )
    }

    private func dimension(_ text: String) throws -> [String: String] {
        guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
            throw Failure("purge: --persona expects dimension=value, such as experience_level=beginner")
        }
        return [String(text[..<equals]): String(text[text.index(after: equals)...])]
    }

    /// The body of `cache/invalidate`: exactly one member says what.
    private struct Selector: Encodable {
        var tag: String?
        var key: String?
        var pattern: String?
        var user: String?
        var persona: [String: String]?
        var all: Bool?
        var soft: Bool?
    }
}
