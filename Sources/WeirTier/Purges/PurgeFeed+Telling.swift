import Logging
import NIOCore
import Synchronization
import WeirCache
import WeirRedis

/// What this sidecar purges is told the others: numbered and published by Redis, and kept until it is.
extension PurgeFeed {
    /// Purges that one script call numbers.
    private static let batch = 100
    private static let retryPause = TimeAmount.seconds(1)

    /// Says that they are made, before they are: from then on nothing that they are meant for is read from Redis. May be
    /// called on any thread.
    func publish(_ notices: [PurgeNotice]) {
        state.withLock { state in
            state.unheard.add(notices)
            state.outbox.add(notices)
            state.whispered.subtract(notices)
        }
        flush()
    }

    /// What others have told without a number gets one from this sidecar, where they have not seen to it in their time: who
    /// told it may be gone for good. That more than one does so does no harm.
    func adoptRumours() {
        let isAny = state.withLock { state in
            let notices = state.rumours.takeOverdue()
            guard !notices.isEmpty else { return false }
            state.unheard.add(notices)
            state.outbox.add(notices)
            // The others have been told as this sidecar has.
            state.whispered.formUnion(notices)
            return true
        }
        if isAny { flush() }
    }

    /// This sidecar's own that Redis has not taken.
    var untold: [PurgeNotice] { state.withLock { Array($0.sending) + $0.outbox.all } }

    /// Whether the others have been told of all that were made so far, once Redis has taken them or has had its time.
    func isAllTold() async -> Bool {
        await withCheckedContinuation { continuation in
            let isTold: Bool? = state.withLock { state in
                if state.sending.isEmpty { return state.outbox.count == 0 }
                if state.outbox.count == 0 {
                    state.waiters.now.append(continuation)
                } else {
                    state.waiters.next.append(continuation)
                }
                return nil
            }
            if let isTold { continuation.resume(returning: isTold) }
        }
    }

    /// What has not been told is told yet, for as long as there is hope.
    func tellRest() async {
        flush()
        for _ in 0..<50 where client.isAvailable {
            if untold.isEmpty { return }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    func flush(in pause: TimeAmount) {
        eventLoop.scheduleTask(in: pause) { [self] in flush() }
    }

    func flush() {
        let (taken, mark) = state.withLock { state -> (ArraySlice<PurgeNotice>, UInt64) in
            guard state.sending.isEmpty else { return ([], 0) }
            state.sending = state.outbox.takeAll()[...]
            state.waiters = (state.waiters.now + state.waiters.next, [])
            return (state.sending, state.unheard.mark)
        }
        guard !taken.isEmpty else { return }
        eventLoop.execute { [self] in send(taken, until: mark) }
    }

    /// - Parameter mark: of ``UnheardPurges`` from when they were taken.
    private func send(_ notices: ArraySlice<PurgeNotice>, until mark: UInt64) {
        let batch = notices.prefix(Self.batch)
        guard !batch.isEmpty else {
            let waiters = state.withLock { state in
                defer { (state.sending, state.waiters.now) = ([], []) }
                return state.waiters.now
            }
            for waiter in waiters { waiter.resume(returning: true) }
            return flush()
        }
        let arguments =
            order + [String(settings.maxPurges), keys.purgeChannel, ownName].map { ByteBuffer(string: $0) }
            + batch.map { ByteBuffer(string: $0.text) }
        client.run(TierScripts.purge, keys: [keys.logHead, keys.logPurges], arguments: arguments, on: eventLoop) {
            [self] result in
            guard case .success(.array(let parts)) = result, parts.count == 2, let epoch = parts[0].number,
                let last = parts[1].number
            else { return failed(notices, result) }
            let rest = notices.dropFirst(batch.count)
            state.withLock { state in
                state.counts.sent += UInt64(batch.count)
                state.isFailing = false
                state.whispered = []
                // The last of them stay until those are heard who wait for it.
                if !rest.isEmpty { state.sending = rest }
                state.unheard.number(batch, last: last, until: mark, isLast: rest.isEmpty)
                // Where another order has begun its numbers are no longer those of the register.
                if let position = state.machine.position, position.epoch == epoch {
                    state.unheard.registered(upTo: position.number)
                }
            }
            send(rest, until: mark)
        }
    }

    /// They are told later. Those that Redis may have heard of already are told twice, which does no harm.
    private func failed(_ notices: ArraySlice<PurgeNotice>, _ result: Result<RedisReply, RedisError>) {
        let (isFirst, waiters) = state.withLock { state in
            let later = state.outbox.takeAll()
            state.outbox.add(Array(notices))
            state.outbox.add(later)
            state.sending = []
            defer {
                state.isFailing = true
                state.waiters = ([], [])
            }
            return (!state.isFailing, state.waiters.now + state.waiters.next)
        }
        for waiter in waiters { waiter.resume(returning: false) }
        if isFirst {
            logger.warning("redis: the other sidecars cannot be told of purges for now: \(Self.reason(result))")
        }
        whisper(notices)
        flush(in: Self.retryPause)
    }

    private static func reason(_ result: Result<RedisReply, RedisError>) -> String {
        switch result {
        case .success(.error(let text)): text
        case .success: "its answer makes no sense"
        case .failure(let error): "\(error)"
        }
    }

    /// A message without a number: a Redis that is full, or may not be written to, still passes it on, and so do the other
    /// nodes of a cluster, where the one with the order is gone or gives it away.
    private func whisper(_ notices: ArraySlice<PurgeNotice>) {
        guard client.isAvailable else { return }
        let channel = ByteBuffer(string: keys.purgeChannel)
        let untold = state.withLock { state in notices.filter { state.whispered.insert($0).inserted } }
        for notice in untold {
            let message = ByteBuffer(string: "\(Self.noEpoch) 0 \(ownName) \(notice.text)")
            client.send([RedisCommand("PUBLISH", [channel, message], keyIndex: nil)], on: eventLoop) { [self] result in
                if case .success(let replies) = result, replies[0].errorKind == nil { return }
                state.withLock { _ = $0.whispered.remove(notice) }
            }
        }
    }
}
