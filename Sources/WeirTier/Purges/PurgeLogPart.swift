import NIOCore
import WeirCache
import WeirRedis

/// What Redis has of the purges behind some number.
struct PurgeLogPart: Equatable {
    /// Of the latest purge.
    var position: PurgePosition
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
    init?(_ reply: RedisReply) {
        guard case .array(let parts) = reply, parts.count == 4, let epoch = parts[0].number,
            let number = parts[1].number, let floor = parts[2].number, case .array(let pairs) = parts[3],
            pairs.count.isMultiple(of: 2)
        else { return nil }
        position = PurgePosition(epoch: epoch, number: number)
        self.floor = floor
        purges = []
        for index in stride(from: 0, to: pairs.count, by: 2) {
            guard case .bulk(let text) = pairs[index], let number = pairs[index + 1].number else { return nil }
            let notice = PurgeNotice(String(buffer: text)) ?? PurgeNotice(.all, isSoft: true)
            purges.append(Numbered(notice: notice, number: number))
        }
    }
}
