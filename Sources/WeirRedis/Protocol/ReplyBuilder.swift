import NIOCore

/// Puts replies together from their parts, in the order in which a reader finds them.
///
///     array(2) ▸ integer(1) ▸ text("a")   gives   .array([.integer(1), .bulk("a")])
struct ReplyBuilder {
    private struct Open {
        var missing: Int
        var replies: [RedisReply]
    }

    private let bounds: ReplyBounds
    /// Arrays that are not whole yet, the innermost last.
    private var open: [Open] = []
    private var bytes = 0
    private var elements = 0
    private var whole: RedisReply?

    init(bounds: ReplyBounds) { self.bounds = bounds }

    /// - Returns: the reply whose last part has been added.
    mutating func take() -> RedisReply? {
        defer { whole = nil }
        return whole
    }

    // Each says whether the reply is within its bounds still.

    mutating func add(array count: Int) -> Bool {
        guard count <= bounds.elements - elements else { return false }
        elements += count
        guard count > 0 else { return add(.array([])) }
        open.append(Open(missing: count, replies: []))
        // What is announced need not come.
        open[open.count - 1].replies.reserveCapacity(min(count, 64))
        return true
    }

    mutating func admits(bytes count: Int) -> Bool {
        bytes += count
        return count <= bounds.bulk && bytes <= bounds.bytes
    }

    mutating func add(_ reply: RedisReply) -> Bool {
        var reply = reply
        while !open.isEmpty {
            let last = open.count - 1
            open[last].replies.append(reply)
            open[last].missing -= 1
            guard open[last].missing == 0 else { return true }
            reply = .array(open.removeLast().replies)
        }
        whole = reply
        bytes = 0
        elements = 0
        return true
    }
}
