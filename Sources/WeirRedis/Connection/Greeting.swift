import NIOCore

/// What a connection says before anything else, all at once, and what its replies mean: AUTH, SELECT, CLIENT SETNAME.
struct Greeting: Sendable {
    private enum Step: Sendable { case authenticate, select, name }

    enum Answer: Equatable {
        /// More replies are to come.
        case wait
        /// The connection is ready for commands.
        case ready
        /// The server does not take this client, and says why.
        case refused(String)
    }

    let commands: [RedisCommand]
    private let steps: [Step]
    private var answered = 0

    init(_ settings: RedisSettings) {
        var commands: [RedisCommand] = []
        var steps: [Step] = []
        if let password = settings.password {
            let user = settings.username.map { [ByteBuffer(string: $0)] } ?? []
            commands.append(RedisCommand("AUTH", user + [ByteBuffer(string: password)], keyIndex: nil))
            steps.append(.authenticate)
        }
        if settings.database != 0 {
            commands.append(RedisCommand("SELECT", text: String(settings.database)))
            steps.append(.select)
        }
        commands.append(RedisCommand("CLIENT", text: "SETNAME", "weir"))
        steps.append(.name)
        self.commands = commands
        self.steps = steps
    }

    mutating func received(_ reply: RedisReply) -> Answer {
        precondition(answered < steps.count, "Cannot take a reply to a greeting that is over")
        let step = steps[answered]
        answered += 1
        if case .error(let text) = reply {
            switch step {
            case .authenticate, .select: return .refused(text)
            // A name is a courtesy, and a user may lack the right to CLIENT. Whoever has to authenticate hears so here.
            case .name: if reply.errorKind != "NOPERM", reply.errorKind != "ERR" { return .refused(text) }
            }
        }
        return answered == steps.count ? .ready : .wait
    }
}
