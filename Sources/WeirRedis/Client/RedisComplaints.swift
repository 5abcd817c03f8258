import Logging
import NIOCore
import Synchronization

/// What servers reply with in the place of what was asked for, of all event loops: the last of it, and, in the log, which
/// commands they do not let this client's user run. That is nothing that a breaker opens for, and a cache goes on without,
/// so nobody else would say it.
final class RedisComplaints: Sendable {
    private struct State {
        var refused = RefusedCommands()
        var last: String?
    }

    private let consequences: [String: String]
    private let password: String?
    private let logger: Logger
    private let state = Mutex(State())
    /// Something is refused: what is answered is of interest.
    private let isAnyRefused = Atomic(false)

    /// - Parameter consequences: what becomes of it where a command is refused: by its name in capitals, or a script's digest.
    init(_ settings: RedisSettings, consequences: [String: String], logger: Logger) {
        self.consequences = consequences
        self.password = settings.password
        self.logger = logger
    }

    /// What was heard last, in one line; nil where nothing has been.
    var last: String? { state.withLock { $0.last } }

    /// A server's words, fit for a log: one line, and without the password should it repeat that.
    func told(_ text: String) -> String {
        let line = String(text.unicodeScalars.prefix(200).map { $0.value < 0x20 ? " " : Character($0) })
        guard let password, !password.isEmpty else { return line }
        return line.replacing(password, with: "***")
    }

    /// There is no connection, for this reason.
    func failed(_ reason: String) { state.withLock { $0.last = reason } }

    func replied(_ reply: RedisReply, to command: RedisCommand, by endpoint: RedisEndpoint) {
        guard case .error(let text) = reply else {
            guard isAnyRefused.load(ordering: .relaxed) else { return }
            return answered(Self.subject(of: command), command.name, by: endpoint)
        }
        // The script's text goes out next.
        guard reply.errorKind != "NOSCRIPT" else { return }
        state.withLock { $0.last = "\(command.name): \(told(text))" }
        if reply.isRefusal { refused(Self.subject(of: command), command.name, text, by: endpoint) }
    }

    private func refused(_ subject: String, _ name: String, _ text: String, by endpoint: RedisEndpoint) {
        let isNews = state.withLock { state in
            defer { isAnyRefused.store(true, ordering: .relaxed) }
            return state.refused.refused(subject, now: .now())
        }
        guard isNews else { return }
        let consequence = consequences[subject].map { ": \($0)" } ?? ""
        logger.warning(
            "Redis does not let its user run a command\(consequence)",
            metadata: ["redis": "\(endpoint)", "command": "\(name)", "reason": "\(told(text))"]
        )
    }

    private func answered(_ subject: String, _ name: String, by endpoint: RedisEndpoint) {
        let isNews = state.withLock { state in
            defer { isAnyRefused.store(!state.refused.isEmpty, ordering: .relaxed) }
            return state.refused.answered(subject, now: .now())
        }
        guard isNews else { return }
        logger.info(
            "Redis lets its user run a command again",
            metadata: ["redis": "\(endpoint)", "command": "\(name)"]
        )
    }

    /// A command's name, or a script's digest.
    private static func subject(of command: RedisCommand) -> String {
        switch (command.name, command.arguments.first) {
        case ("EVALSHA", let digest?): String(buffer: digest)
        case ("EVAL", let text?): RedisScript(String(buffer: text)).digest
        case _: command.name
        }
    }
}
