import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirUpstream

/// Items that one caller has an upstream asked for.
struct ItemOrder: Sendable {
    /// One of them: who waits for it reads its flight.
    struct Line: Sendable {
        let key: CacheKey
        /// Its place among the request's.
        let item: Int
        /// About how many it is.
        let tokens: Int
        let flight: Flight
        /// What may stand in for it, or is replaced by it.
        let stale: StoredResponse?
    }

    var lines: [Line]
    let items: ItemRequest
    let caller: ItemCaller
    /// By which its answers are stored, and under which tags.
    let policy: AnswerPolicy
    let path: String
    let clientFields: FieldSection
    let model: String?
    /// Of all that was purged when it was asked for.
    let mark: PurgeMark

    /// Answers are fetched to their end although everybody has left.
    var finishesUnread: Bool { policy.finishesUnread }

    /// About how many its items are.
    var tokens: Int { lines.reduce(0) { $0 + $1.tokens } }

    /// A request for its items alone, as its caller would have made it.
    var body: ByteBuffer { items.body(of: lines.map(\.item)) }
}
