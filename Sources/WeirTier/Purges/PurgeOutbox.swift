/// Purges that Redis has not been told of yet.
struct PurgeOutbox {
    /// As many as are kept apart; what is more becomes one purge of everything.
    private let capacity: Int
    private var notices: [PurgeNotice] = []
    private var known: Set<PurgeNotice> = []

    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { notices.count }

    /// In the order in which they were made.
    var all: [PurgeNotice] { notices }

    mutating func add(_ added: [PurgeNotice]) {
        for notice in added where known.insert(notice).inserted { notices.append(notice) }
        guard notices.count > capacity else { return }
        let isSoft = notices.allSatisfy(\.isSoft)
        notices = [PurgeNotice(.all, isSoft: isSoft)]
        known = Set(notices)
    }

    /// All of them, in the order in which they were made; nothing stays.
    mutating func takeAll() -> [PurgeNotice] {
        defer { self = PurgeOutbox(capacity: capacity) }
        return notices
    }
}
