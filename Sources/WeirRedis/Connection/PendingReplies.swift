import NIOCore

/// What waits for replies on one connection, in the order in which it was sent.
///
///     sent ─▶ │ call 7 (1 of 2 replies) │ call 8 │ call 9 (abandoned) │ call 10 │
///               ▲ the next reply belongs here
///
/// A call whose time is over is **abandoned**: its caller has been told, and its replies are read and dropped when they
/// come. Closing the connection instead would also keep replies in order, but a pause of a few milliseconds (a fork, a
/// slow command of somebody else's) would then end every connection of every sidecar at once, and have them all greet a
/// server that is busy. What is abandoned still counts towards the bounds; and when the oldest call is, and nothing has
/// come for `stall`, the connection is to be closed: behind it there may be nobody.
struct PendingReplies<Call> {
    private struct Entry {
        /// nil once it is abandoned.
        var call: Call?
        let replies: Int
        let bytes: Int
        let deadline: NIODeadline
    }

    enum Received {
        /// More of this call's replies are to come; or nobody waits for them any more.
        case noted
        case answered(Call, [RedisReply])
        /// Nothing was asked.
        case unexpected
    }

    struct Expired {
        var calls: [Call] = []
        /// The connection is to be closed.
        var isStalled = false
    }

    /// Commands, abandoned ones included.
    private(set) var count = 0
    private(set) var bytes = 0
    /// When ``expire(now:)`` may have something to say, at the earliest.
    private(set) var wakeAt = NIODeadline.distantFuture

    private let limit: (count: Int, bytes: Int)
    private let stall: TimeAmount
    private var entries = CircularBuffer<Entry>()
    /// What has come for the first entry.
    private var replies: [RedisReply] = []
    private var replyCount = 0
    /// When something was last heard, or first waited for.
    private var heardAt = NIODeadline.distantPast

    init(count: Int, bytes: Int, stall: TimeAmount) {
        limit = (count, bytes)
        self.stall = stall
    }

    /// Whether a call of so many replies and bytes would be within the bounds.
    func admits(replies: Int, bytes: Int) -> Bool {
        replies <= limit.count - count && bytes <= limit.bytes - self.bytes
    }

    /// - Parameter replies: that belong to it, at least one.
    mutating func append(_ call: Call, replies: Int, bytes: Int, deadline: NIODeadline, now: NIODeadline) {
        precondition(replies > 0, "Cannot wait for no reply")
        if entries.isEmpty { heardAt = now }
        entries.append(Entry(call: call, replies: replies, bytes: bytes, deadline: deadline))
        count += replies
        self.bytes += bytes
        wakeAt = min(wakeAt, deadline)
    }

    /// Something came from the server, whole replies or not.
    mutating func heard(now: NIODeadline) { heardAt = now }

    mutating func received(_ reply: RedisReply) -> Received {
        guard let first = entries.first else { return .unexpected }
        if first.call != nil { replies.append(reply) }
        replyCount += 1
        guard replyCount == first.replies else { return .noted }
        let entry = entries.removeFirst()
        count -= entry.replies
        bytes -= entry.bytes
        replyCount = 0
        defer { replies = [] }
        return entry.call.map { .answered($0, replies) } ?? .noted
    }

    /// Abandons the calls whose time is over.
    mutating func expire(now: NIODeadline) -> Expired {
        var expired = Expired()
        wakeAt = .distantFuture
        for index in entries.indices {
            guard let call = entries[index].call else { continue }
            guard entries[index].deadline <= now else {
                wakeAt = min(wakeAt, entries[index].deadline)
                continue
            }
            entries[index].call = nil
            expired.calls.append(call)
        }
        if let first = entries.first, first.call == nil {
            replies = []
            expired.isStalled = now >= heardAt + stall
            wakeAt = min(wakeAt, heardAt + stall)
        }
        return expired
    }

    /// The connection has ended.
    /// - Returns: the calls that nobody has told anything yet, in order.
    mutating func removeAll() -> [Call] {
        let calls = entries.compactMap(\.call)
        self = PendingReplies(count: limit.count, bytes: limit.bytes, stall: stall)
        return calls
    }
}
