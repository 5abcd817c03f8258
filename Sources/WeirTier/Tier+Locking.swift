import NIOCore
import WeirCache
import WeirRedis

/// What came of asking for the lock of an answer.
enum LockOutcome {
    /// - Parameter written: the token of who wrote last before it.
    case mine(token: UInt64, written: UInt64)
    case others
}

extension Tier {
    /// How long after the last fetch of an answer it is remembered who began it when. Longer than any fetch takes.
    static var fenceLife: TimeAmount { .hours(1) }

    func lock(
        _ key: CacheKey,
        until deadline: NIODeadline,
        on eventLoop: any EventLoop,
        _ completion: @escaping (Result<LockOutcome, RedisError>) -> Void
    ) {
        run(
            TierScripts.lock,
            keys: [keys.lock(key), keys.fence(key), keys.waiters(key)],
            arguments: [settings.lock.milliseconds, Self.fenceLife.milliseconds],
            until: deadline,
            on: eventLoop
        ) { result in
            completion(
                result.flatMap { reply in
                    guard case .array(let parts) = reply, parts.count == 2 else { return .failure(.unavailable) }
                    guard let token = parts[0].number else { return .success(.others) }
                    return .success(.mine(token: token, written: parts[1].number ?? 0))
                }
            )
        }
    }

    /// Whether anybody fetches it.
    func isLocked(
        _ key: CacheKey,
        until deadline: NIODeadline,
        on eventLoop: any EventLoop,
        _ completion: @escaping (Result<Bool, RedisError>) -> Void
    ) {
        send([RedisCommand("EXISTS", [keys.lock(key)])], until: deadline, on: eventLoop) { result in
            completion(result.map { $0[0] == .integer(1) })
        }
    }

    /// - Parameter completion: whether the lock was still held; not called where Redis does not say.
    func renew(_ key: CacheKey, token: UInt64, on eventLoop: any EventLoop, _ completion: @escaping (Bool) -> Void) {
        run(
            TierScripts.renew,
            keys: [keys.lock(key)],
            arguments: [String(token), settings.lock.milliseconds],
            until: .now() + settings.patience,
            on: eventLoop
        ) { result in
            if case .success(let reply) = result { completion(reply == .integer(1)) }
        }
    }

    /// Gives the lock back: there is no answer to share.
    func release(_ key: CacheKey, token: UInt64, on eventLoop: any EventLoop) {
        run(
            TierScripts.release,
            keys: [keys.lock(key), keys.waiters(key)],
            arguments: [String(token), keys.fillChannel, FillBoard.message(key, .unshared)],
            until: .now() + settings.patience,
            on: eventLoop
        ) { _ in }
    }
}

extension TimeAmount {
    /// In decimal text, as Redis takes it.
    var milliseconds: String { String(max(1, nanoseconds / 1_000_000)) }
}
