import NIOCore

/// Which channels one connection is subscribed to, and who waits to hear so.
///
///     disconnected ── connected ──▶ subscribing ── all confirmed ──▶ subscribed
///          ▲                            │                                │
///          └──────────── lost ──────────┴────────────── lost ────────────┘
///
/// Channels are counted by reference and outlive connections: each new one is subscribed to all of them. A reply confirms
/// a channel only when it is the last one outstanding for it: `subscribe`, `unsubscribe`, `subscribe` in a row leave the
/// first one's reply behind that says nothing about the third. ``SubscriptionLoop`` drives it.
struct SubscriptionMachine<Waiter> {
    enum Action {
        case send(RedisCommand)
        /// Whether messages of its channel are heard from now on.
        case tell(Waiter, Bool)
        /// All channels are heard.
        case subscribed
        case message(channel: String, ByteBuffer)
        /// What has been heard may have a gap from now on.
        case lost
        /// The connection is of no use.
        case close
    }

    private struct Channel {
        var references = 0
        var isConfirmed = false
        var waiters: [Waiter] = []
    }

    /// Channels in one command, so that no command is endless.
    static var batch: Int { 512 }

    private let heartbeat: TimeAmount
    private var channels: [String: Channel] = [:]
    private var isConnected = false
    private var isSubscribed = false
    /// SUBSCRIBE commands whose replies have not come, by channel.
    private var outstanding: [String: Int] = [:]
    /// What is still to be confirmed until all are subscribed.
    private var awaited: Set<String> = []
    private var heardAt = NIODeadline.distantPast
    /// When a sign of life was asked for that has not come.
    private var askedAt: NIODeadline?

    /// - Parameter channels: that nobody ends.
    init(_ channels: [String], heartbeat: TimeAmount) {
        self.heartbeat = heartbeat
        for channel in channels { self.channels[channel, default: Channel()].references += 1 }
    }

    // MARK: The connection

    mutating func connected(now: NIODeadline) -> [Action] {
        precondition(!isConnected, "Cannot connect while connected")
        isConnected = true
        heardAt = now
        askedAt = nil
        awaited = Set(channels.keys)
        let names = Array(channels.keys)
        var actions: [Action] = []
        for start in stride(from: 0, to: names.count, by: Self.batch) {
            actions.append(subscribe(names[start..<min(start + Self.batch, names.count)]))
        }
        return actions + announce()
    }

    mutating func disconnected() -> [Action] {
        guard isConnected else { return [] }
        isConnected = false
        outstanding = [:]
        awaited = []
        var actions: [Action] = exchange(&isSubscribed, with: false) ? [.lost] : []
        for name in channels.keys {
            guard var channel = channels[name] else { continue }
            actions += channel.waiters.map { .tell($0, false) }
            channel.waiters = []
            channel.isConfirmed = false
            channels[name] = channel
        }
        return actions
    }

    /// To be called a few times a heartbeat.
    mutating func tick(now: NIODeadline) -> [Action] {
        guard isConnected else { return [] }
        if let askedAt { return now >= askedAt + heartbeat ? [.close] : [] }
        guard now >= heardAt + heartbeat else { return [] }
        askedAt = now
        return [.send(.ping)]
    }

    // MARK: Channels

    mutating func subscribe(_ name: String, _ waiter: Waiter) -> [Action] {
        var channel = channels[name] ?? Channel()
        let isNew = channel.references == 0
        channel.references += 1
        defer { channels[name] = channel }
        guard isConnected else { return [.tell(waiter, false)] }
        guard !channel.isConfirmed else { return [.tell(waiter, true)] }
        channel.waiters.append(waiter)
        return isNew ? [subscribe([name])] : []
    }

    mutating func unsubscribe(_ name: String) -> [Action] {
        guard var channel = channels[name] else { return [] }
        channel.references -= 1
        guard channel.references == 0 else {
            channels[name] = channel
            return []
        }
        channels[name] = nil
        var actions: [Action] = channel.waiters.map { .tell($0, false) }
        if isConnected { actions.append(.send(RedisCommand("UNSUBSCRIBE", text: name))) }
        awaited.remove(name)
        return actions + announce()
    }

    // MARK: Replies

    mutating func received(_ reply: RedisReply, now: NIODeadline) -> [Action] {
        heardAt = now
        askedAt = nil
        // Out of channels a connection answers a PING as any other does.
        if case .status = reply { return [] }
        guard case .array(let parts) = reply, case .bulk(let kind)? = parts.first else { return [.close] }
        switch (String(buffer: kind), parts.count) {
        case ("message", 3):
            guard case .bulk(let name) = parts[1], case .bulk(let message) = parts[2] else { return [.close] }
            return [.message(channel: String(buffer: name), message)]
        case ("subscribe", 3):
            guard case .bulk(let name) = parts[1] else { return [.close] }
            return confirmed(String(buffer: name))
        case ("unsubscribe", 3), ("pong", 2): return []
        case _: return [.close]
        }
    }

    private mutating func confirmed(_ name: String) -> [Action] {
        guard let count = outstanding[name] else { return [.close] }
        outstanding[name] = count == 1 ? nil : count - 1
        guard count == 1, var channel = channels[name] else { return [] }
        channel.isConfirmed = true
        let actions: [Action] = channel.waiters.map { .tell($0, true) }
        channel.waiters = []
        channels[name] = channel
        awaited.remove(name)
        return actions + announce()
    }

    private mutating func announce() -> [Action] {
        guard isConnected, !isSubscribed, awaited.isEmpty else { return [] }
        isSubscribed = true
        return [.subscribed]
    }

    private mutating func subscribe(_ names: ArraySlice<String>) -> Action {
        for name in names { outstanding[name, default: 0] += 1 }
        return .send(RedisCommand("SUBSCRIBE", names.map { ByteBuffer(string: $0) }, keyIndex: nil))
    }
}
