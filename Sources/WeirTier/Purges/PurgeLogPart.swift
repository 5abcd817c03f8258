import NIOCore
import WeirCache
import WeirRedis

/// What Redis has of the purges behind some number.
struct PurgeLogPart: Equatable {
    /// Up to which purge it reaches.
    var position: PurgePosition
    /// The number of the latest purge there is.
    var latest: UInt64
    /// Purges up to it may be forgotten.
    var floor: UInt64
    /// In the order of their numbers; of each subject the latest.
    var purges: [Numbered]

    struct Numbered: Equatable {
        var notice: PurgeNotice
        var number: UInt64
    }
}

extension PurgeLogPart {
    /// As ``TierScripts/read`` answers.
    /// - Parameter asked: how many purges at most.
    init?(_ reply: RedisReply, asked: Int) {
        guard case .array(let parts) = reply, parts.count == 4, let epoch = parts[0].number,
            let number = parts[1].number, let floor = parts[2].number, case .array(let pairs) = parts[3],
            pairs.count.isMultiple(of: 2)
        else { return nil }
        latest = number
        position = PurgePosition(epoch: epoch, number: number)
        self.floor = floor
        purges = []
        for index in stride(from: 0, to: pairs.count, by: 2) {
            guard case .bulk(let text) = pairs[index], let number = pairs[index + 1].number else { return nil }
            let notice = PurgeNotice(String(buffer: text)) ?? PurgeNotice(.all, isSoft: true)
            purges.append(Numbered(notice: notice, number: number))
        }
        // It ends where as many as were asked for have come, and there the next begins.
        if let last = purges.last, purges.count >= asked { position = PurgePosition(epoch: epoch, number: last.number) }
    }
}
