import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirTier

/// One request's items on their way together: which of them are there, and who is asked for the others. An item that the
/// request names twice is asked for once.
///
///     missing ─▶ waiting ─▶ there
///        ▲ └────────┼─────────▲        found in the store
///        └──────────┘                  whoever was to fetch it does not
///
/// On its exchange's event loop.
final class Gathering {
    struct Answer {
        let stored: StoredResponse
        let part: ItemPart
        let note: AnswerNote?
        let origin: ItemOrigin
        /// Whether it is in the store now.
        var isStored = true
        /// Served stale: the client takes that, it is being refreshed, or it stands in for a failure.
        var isStale = false
        var isStandIn = false
    }

    enum State {
        case missing
        /// What has come of an answer that another request has asked for alone.
        case waiting(FlightReader, head: ResponseHead?, body: ByteBuffer)
        case there(Answer)
    }

    struct Slot {
        let key: CacheKey
        /// The first of the request's items that it is.
        let item: Int
        var state = State.missing
        /// What may stand in for it.
        var stale: StoredResponse?
    }

    private(set) var slots: [Slot] = []
    /// Slots by state.
    private(set) var missingCount = 0
    private var thereCount = 0
    /// For every item of the request, which slot it is.
    private(set) var order: [Int] = []
    /// Of the answer, while it is sent.
    let account: BufferAccount
    /// Whether calls under way are shared; not any more once one has come to nothing.
    var joins = true
    /// Flights are being joined: what they have is taken when all are.
    var isAsking = false
    var consultations: [Consultation] = []
    /// Why what is missing is.
    var missReason = CacheStatus.Forward.uriMiss

    init(keys: [CacheKey], account: BufferAccount) {
        self.account = account
        var places: [CacheKey: Int] = [:]
        for (item, key) in keys.enumerated() {
            if let slot = places[key] {
                order.append(slot)
            } else {
                places[key] = slots.count
                order.append(slots.count)
                slots.append(Slot(key: key, item: item))
            }
        }
        missingCount = slots.count
    }

    var missing: [Int] {
        guard missingCount > 0 else { return [] }
        return slots.indices.filter { if case .missing = slots[$0].state { true } else { false } }
    }

    /// Whether nothing is missing or waited for.
    var isWhole: Bool { thereCount == slots.count }

    /// All of them, by slot, once they are there.
    var answers: [Answer]? {
        guard isWhole else { return nil }
        var answers: [Answer] = []
        for slot in slots {
            guard case .there(let answer) = slot.state else { return nil }
            answers.append(answer)
        }
        return answers
    }

    func set(_ slot: Int, _ state: State) {
        count(slots[slot].state, -1)
        count(state, 1)
        slots[slot].state = state
    }

    private func count(_ state: State, _ change: Int) {
        switch state {
        case .missing: missingCount += change
        case .waiting: break
        case .there: thereCount += change
        }
    }

    /// More of an answer that another request has asked for alone.
    func append(_ chunk: ByteBuffer, to slot: Int) {
        guard case .waiting(let reader, let head, var body) = slots[slot].state else { return }
        // Out of the enum while it grows, so that it is not copied.
        slots[slot].state = .missing
        body.writeImmutableBuffer(chunk)
        slots[slot].state = .waiting(reader, head: head, body: body)
    }

    func set(_ slot: Int, stale: StoredResponse?) { slots[slot].stale = stale }

    /// Those that wait for others' calls, of which nothing has come.
    var followed: [(slot: Int, reader: FlightReader)] {
        slots.indices.compactMap { slot in
            guard case .waiting(let reader, nil, _) = slots[slot].state, !reader.isLeader else { return nil }
            return (slot, reader)
        }
    }

    /// Nobody waits for anything any more.
    func leave() {
        for consultation in consultations { consultation.cancel() }
        consultations = []
        for slot in slots.indices {
            guard case .waiting(let reader, _, _) = slots[slot].state else { continue }
            reader.leave()
            set(slot, .missing)
        }
    }
}
