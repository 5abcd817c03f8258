import NIOCore

/// When a cluster is asked for its topology, and which of its nodes are to be connected to.
///
/// It is due at the start, when a node has sent a command on for good (MOVED), when one is reached or cannot be, and when
/// one says that the cluster is down; nobody asks by the clock. Once at a time, and not more often than every `pause`.
///
/// Connected to are the masters, whoever commands were sent on to lately (a node may be about to get its first slot), and,
/// as long as nobody of these can be asked, everybody who was ever named: a cluster whose master has died is told of by
/// its replica. ``ClusterWatch`` drives it.
struct ClusterMachine {
    static let pause = TimeAmount.milliseconds(200)
    /// How long a node is kept that has no slots.
    static let keep = TimeAmount.seconds(60)

    enum Next: Equatable {
        case ask
        case wait(until: NIODeadline)
        case nothing
    }

    private let seeds: [RedisEndpoint]
    private(set) var map: SlotMap?
    private var isDue = true
    private var isAsking = false
    private var notBefore = NIODeadline.distantPast
    private var isCutOff = true
    private var guests: [RedisEndpoint: NIODeadline] = [:]

    init(seeds: [RedisEndpoint]) { self.seeds = seeds }

    /// Whom to be connected to.
    var held: Set<RedisEndpoint> {
        var held = Set(map?.masters ?? seeds).union(guests.keys)
        if isCutOff { held.formUnion(seeds + Array(map?.replicas ?? [])) }
        return held
    }

    mutating func due() { isDue = true }

    /// What to do now. `ask` is to be followed by ``answered(_:now:)``, ``failed(now:)`` or ``cutOff()``.
    mutating func next(now: NIODeadline) -> Next {
        guard isDue, !isAsking else { return .nothing }
        guard now >= notBefore else { return .wait(until: notBefore) }
        isDue = false
        isAsking = true
        return .ask
    }

    mutating func answered(_ map: SlotMap, now: NIODeadline) {
        endAsking(now: now)
        isCutOff = false
        self.map = map
        guests = guests.filter { now - $0.value < Self.keep }
    }

    /// Whom was asked gave no answer, or none of use.
    mutating func failed(now: NIODeadline) {
        endAsking(now: now)
        isDue = true
    }

    /// There is nobody to ask, until somebody is reached.
    mutating func cutOff() {
        isAsking = false
        isCutOff = true
    }

    /// A command was sent on to this node.
    mutating func visit(_ endpoint: RedisEndpoint, now: NIODeadline) { guests[endpoint] = now }

    private mutating func endAsking(now: NIODeadline) {
        precondition(isAsking, "Cannot have an answer without a question")
        isAsking = false
        notBefore = now + Self.pause
    }
}
