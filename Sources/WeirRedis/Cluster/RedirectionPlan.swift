import NIOCore

/// What becomes of a call whose replies have come from a node of a cluster: those commands that the node did not take
/// go out once more, together and in their order; the others' replies are kept.
enum RedirectionPlan: Equatable {
    /// Times that one call is sent on, or tried again.
    static let limit = 5

    /// All commands are answered.
    case done
    /// - Parameters:
    ///   - commands: by their index in the call.
    ///   - node: whom they go to.
    ///   - isAsking: each of them behind ASKING, which lets it in for this once.
    ///   - after: how long to wait before that.
    case again(commands: [Int], node: RedisEndpoint, isAsking: Bool, after: TimeAmount)
    /// It has been sent on too often, or has no time to be tried again.
    case misdirected

    /// - Parameters:
    ///   - round: which commands the node was asked, by their index in the call.
    ///   - replies: to those.
    ///   - redirections: of this call so far.
    ///   - wasAsking: they were sent behind ASKING.
    ///   - asked: the node.
    ///   - left: the time that the call has.
    init(
        round: [Int],
        replies: [RedisReply],
        redirections: Int,
        wasAsking: Bool,
        asked: RedisEndpoint,
        left: TimeAmount
    ) {
        let found = zip(round, replies).compactMap { index, reply in
            Redirection(reply, asked: asked).map { (index: index, redirection: $0) }
        }
        guard !found.isEmpty else {
            self = .done
            return
        }
        guard redirections < Self.limit else {
            self = .misdirected
            return
        }
        // They are of one slot, so all of them lead to one node. Where they do not, the topology is changing this moment,
        // and whoever is not taken there is sent on from there.
        var (node, isAsking) = (asked, wasAsking)
        var pause = TimeAmount.zero
        switch found[0].redirection {
        case .moved(_, let endpoint): (node, isAsking) = (endpoint, false)
        case .ask(let endpoint): (node, isAsking) = (endpoint, true)
        case .tryAgain: pause = .milliseconds(1 << Int64(redirections))
        }
        // Whoever waits is not kept waiting for a try that would come too late.
        guard pause == .zero || pause < left else {
            self = .misdirected
            return
        }
        self = .again(commands: found.map(\.index), node: node, isAsking: isAsking, after: pause)
    }
}
