import NIOCore
import WeirUpstream

/// Commands that were sent together, until they are answered; on one event loop.
final class RedisCall {
    let commands: [RedisCommand]
    let deadline: NIODeadline
    let startedAt: NIODeadline
    /// The client's own, which shows whether a node is back; it goes past the breaker.
    let isProbe: Bool
    /// Of the first key: which of a cluster's nodes it is for. nil where any will do.
    lazy var slot = commands.lazy.compactMap(\.key).first.map { HashSlot(of: $0) }
    private var completion: ((Result<[RedisReply], RedisError>) -> Void)?

    /// Which commands go out now: all of them at first, then those that another node has to answer.
    var round: [Int]
    /// Each of this round's goes out behind ASKING.
    var isAsking = false
    var redirections = 0
    /// What has come in earlier rounds, by command.
    private var earlier: [RedisReply] = []
    var ticket: BreakerTicket?

    init(
        _ commands: [RedisCommand],
        startedAt: NIODeadline,
        deadline: NIODeadline,
        isProbe: Bool = false,
        completion: @escaping (Result<[RedisReply], RedisError>) -> Void
    ) {
        self.commands = commands
        self.startedAt = startedAt
        self.deadline = deadline
        self.isProbe = isProbe
        self.completion = completion
        round = Array(commands.indices)
    }

    /// All commands' replies, those of this round put in their places.
    func merged(_ replies: [RedisReply]) -> [RedisReply] {
        guard round.count < commands.count else { return replies }
        var all = earlier
        for (index, reply) in zip(round, replies) { all[index] = reply }
        return all
    }

    /// Those commands go out once more.
    func beginRound(_ indices: [Int], keeping replies: [RedisReply], isAsking: Bool) {
        earlier = replies
        round = indices
        self.isAsking = isAsking
        redirections += 1
    }

    func finish(_ result: Result<[RedisReply], RedisError>) {
        precondition(completion != nil, "Cannot answer a call twice")
        let completion = exchange(&completion, with: nil)
        completion?(result)
    }
}
