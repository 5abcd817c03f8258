import NIOCore
import WeirHTTP

/// One upstream answer under way and everybody who reads it: what is kept, who gets what next, who has to be woken,
/// whether more is wanted.
///
///     awaitingHead ──publish──▶ streaming ──finish, fail──▶ ended
///          └────────────────answer, fail──────────────────▶ ended
///
/// Driven from two sides, in any interleaving: the fetcher publishes, appends and ends; each reader joins, takes one
/// event after the other and leaves. Until the log grows over the window it holds everything, and readers may join;
/// after that it holds what somebody still has to read. A pure machine: it knows no lock, loop, upstream or store.
struct FlightMachine {
    /// A reader's place among the readers; used again after it has left or got its last event.
    struct ReaderID: Hashable {
        let slot: Int
    }

    /// What a change means for others than its caller.
    struct Effects: Equatable {
        /// Readers who have waited for this.
        var wake: [ReaderID] = []
        /// From now on nobody can join.
        var hasClosed = false
        /// Followers who have to go on alone.
        var released = 0
        /// Nobody reads any more, and the end has not come.
        var isDeserted = false
    }

    enum Joined: Equatable {
        /// - hasNews: whether there is something to take at once.
        case joined(ReaderID, hasNews: Bool)
        /// What is here cannot be read from its first byte, or it is over.
        case closed
        case full
    }

    private struct Heads {
        var leader: ResponseHead
        /// Without `Set-Cookie`: that is for who asked (RFC 6265 §3).
        var follower: ResponseHead
        var terms: FlightTerms
    }

    private enum Ending {
        case finished(trailers: FieldSection, note: ByteBuffer)
        case answered(StoredResponse, StoredAnswerReason)
        case failed(any Error)
    }

    private enum State {
        case awaitingHead
        case streaming(Heads)
        case ended(Heads?, Ending)
    }

    /// Why a reader gets no further while the flight goes on.
    private enum Verdict { case released, tooSlow }

    private struct Reader {
        let isLeader: Bool
        /// Whether it wants to be woken.
        var isArmed = true
        var hasHead = false
        /// The piece it gets next, counted from the answer's first.
        var nextIndex = 0
        /// Bytes it has got.
        var position = 0
        var verdict: Verdict?
    }

    private let settings: FlightSettings
    private var state = State.awaitingHead
    private var log = ChunkLog()
    /// Nil where a place is free.
    private var readers: [Reader?] = []
    private var freeSlots: [Int] = []
    /// Readers without a verdict.
    private var activeCount = 0
    /// Whether everything is kept, so that a reader can begin at the first byte.
    private(set) var isOpen: Bool
    /// Whether the fetch goes on without readers, so that there is still something to join.
    private(set) var outlivesReaders = false
    /// Whether the fetcher should go on: see ``FlightSettings/pace``.
    private(set) var wantsMore = true
    /// The position of the active reader who is furthest, and how many are there: that it moves is seen without
    /// looking at all of them.
    private var fastest = 0
    private var countAtFastest = 0
    /// Active readers whose next piece is the first one held; counted once the flight has closed.
    private var countAtFirst = 0

    /// - Parameter isOpen: false where nobody but the leader can ever join.
    init(settings: FlightSettings, isOpen: Bool = true) {
        self.settings = settings
        self.isOpen = isOpen
    }

    /// Bytes held for readers, overhead included.
    var heldBytes: Int { log.held }

    var isDeserted: Bool { activeCount == 0 && !isEnded }

    var isAwaitingHead: Bool {
        switch state {
        case .awaitingHead: true
        case .streaming, .ended: false
        }
    }

    var isEnded: Bool {
        switch state {
        case .awaitingHead, .streaming: false
        case .ended: true
        }
    }

    // MARK: The fetcher's side

    /// - Parameter isShared: whether followers may have this response; where not they are released.
    mutating func publish(head: ResponseHead, isShared: Bool, terms: FlightTerms = FlightTerms()) -> Effects {
        guard case .awaitingHead = state else { preconditionFailure("Cannot publish a head while \(stateName)") }
        var followerHead = head
        if head.fields.contains(.setCookie) { followerHead.fields.removeAll(.setCookie) }
        state = .streaming(Heads(leader: head, follower: followerHead, terms: terms))
        var effects = Effects()
        if !isShared {
            releaseFollowers(&effects)
            close(&effects)
            effects.isDeserted = effects.released > 0 && isDeserted
        }
        return waking(effects)
    }

    /// - Parameter keepingAll: whether there is memory to keep all of it for readers who join late.
    mutating func append(_ chunk: ByteBuffer, keepingAll: Bool = true) -> Effects {
        guard case .streaming = state else { preconditionFailure("Cannot append a chunk while \(stateName)") }
        guard chunk.readableBytes > 0 else { return Effects() }
        var effects = Effects()
        log.append(chunk)
        if log.held > settings.window {
            close(&effects)
            judgeTheSlow(window: settings.window)
        } else if !keepingAll {
            close(&effects)
            judgeTheSlow(window: settings.pace)
        }
        if !isOpen, activeCount == 0 { trim() }
        pace()
        return waking(effects)
    }

    mutating func finish(trailers: FieldSection, note: ByteBuffer = ByteBuffer()) -> Effects {
        guard case .streaming(let heads) = state else { preconditionFailure("Cannot finish while \(stateName)") }
        return end(heads, .finished(trailers: trailers, note: note))
    }

    /// - Parameter isShared: whether followers may have it; where not they are released.
    mutating func answer(_ stored: StoredResponse, _ reason: StoredAnswerReason, isShared: Bool = true) -> Effects {
        guard case .awaitingHead = state else { preconditionFailure("Cannot answer from the store while \(stateName)") }
        var released = Effects()
        if !isShared { releaseFollowers(&released) }
        var effects = end(nil, .answered(stored, reason))
        effects.released = released.released
        return effects
    }

    mutating func fail(_ error: any Error) -> Effects {
        switch state {
        case .awaitingHead: end(nil, .failed(error))
        case .streaming(let heads): end(heads, .failed(error))
        case .ended: preconditionFailure("Cannot fail while \(stateName)")
        }
    }

    /// The fetch goes on to its end whoever leaves.
    mutating func outliveReaders() { outlivesReaders = true }

    private mutating func end(_ heads: Heads?, _ ending: Ending) -> Effects {
        state = .ended(heads, ending)
        var effects = Effects()
        close(&effects)
        return waking(effects)
    }

    // MARK: The readers' side

    mutating func join(isLeader: Bool) -> Joined {
        guard isLeader || isOpen else { return .closed }
        guard activeCount < settings.maxFollowers || isLeader else { return .full }
        var reader = Reader(isLeader: isLeader)
        let hasNews =
            switch state {
            case .awaitingHead: false
            case .streaming, .ended: true
            }
        reader.isArmed = !hasNews
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            readers[slot] = reader
        } else {
            slot = readers.count
            readers.append(reader)
        }
        activeCount += 1
        if activeCount == 1 {
            (fastest, countAtFastest) = (0, 1)
        } else if fastest == 0 {
            countAtFastest += 1
        }
        if !isOpen, log.firstIndex == 0 { countAtFirst += 1 }
        pace()
        return .joined(ReaderID(slot: slot), hasNews: hasNews)
    }

    /// What the reader gets next; nil when there is nothing now. After an event that ends its reading it is gone.
    mutating func next(_ id: ReaderID) -> FlightEvent? {
        guard var reader = readers[id.slot] else { preconditionFailure("Cannot read after the end") }
        if let verdict = reader.verdict {
            remove(id)
            switch verdict {
            case .released: return .released
            case .tooSlow: return .failed(FlightError.tooSlow)
            }
        }
        reader.isArmed = true
        switch state {
        case .awaitingHead:
            readers[id.slot] = reader
            return nil
        case .streaming(let heads):
            return nextPart(id, reader, heads)
        case .ended(let heads, let ending):
            if let heads, let part = nextPart(id, reader, heads) { return part }
            remove(id)
            switch ending {
            case .finished(let trailers, let note): return .end(trailers: trailers, note: note)
            case .answered(let stored, let reason): return .answer(stored, reason)
            case .failed(let error): return .failed(error)
            }
        }
    }

    mutating func leave(_ id: ReaderID) -> Effects {
        guard let reader = readers[id.slot] else { preconditionFailure("Cannot leave after the end") }
        remove(id)
        var effects = Effects()
        guard reader.verdict == nil, isDeserted else { return effects }
        effects.isDeserted = true
        if !outlivesReaders { close(&effects) }
        return effects
    }

    private mutating func nextPart(_ id: ReaderID, _ reader: Reader, _ heads: Heads) -> FlightEvent? {
        var reader = reader
        defer { readers[id.slot] = reader }
        if !reader.hasHead {
            reader.hasHead = true
            return .head(reader.isLeader ? heads.leader : heads.follower, heads.terms)
        }
        guard reader.nextIndex < log.endIndex else { return nil }
        let chunk = log[reader.nextIndex]
        let wasAtFirst = reader.nextIndex == log.firstIndex
        reader.nextIndex += 1
        reader.position += chunk.readableBytes
        readers[id.slot] = reader
        if reader.position > fastest {
            (fastest, countAtFastest) = (reader.position, 1)
        } else if reader.position == fastest {
            countAtFastest += 1
        }
        if wasAtFirst { oneLessAtFirst() }
        pace()
        return .chunk(chunk)
    }

    // MARK: Who is where

    private mutating func judge(_ slot: Int, _ verdict: Verdict) {
        guard let reader = readers[slot], reader.verdict == nil else { return }
        readers[slot]?.verdict = verdict
        discount(reader)
    }

    private mutating func remove(_ id: ReaderID) {
        guard let reader = readers[id.slot] else { return }
        readers[id.slot] = nil
        freeSlots.append(id.slot)
        if reader.verdict == nil { discount(reader) }
    }

    /// A reader is active no more.
    private mutating func discount(_ reader: Reader) {
        activeCount -= 1
        if reader.position == fastest {
            countAtFastest -= 1
            if countAtFastest == 0 { findFastest() }
        }
        if reader.nextIndex == log.firstIndex { oneLessAtFirst() }
        pace()
    }

    private mutating func releaseFollowers(_ effects: inout Effects) {
        for slot in readers.indices where readers[slot]?.isLeader == false {
            effects.released += 1
            judge(slot, .released)
        }
    }

    /// Fails who is more than a window behind, but never who is furthest: that one sets the pace.
    private mutating func judgeTheSlow(window: Int) {
        guard activeCount > 1 else { return }
        for slot in readers.indices {
            guard let reader = readers[slot], reader.verdict == nil, reader.position < fastest,
                log.end - reader.position > window
            else { continue }
            judge(slot, .tooSlow)
        }
    }

    private mutating func findFastest() {
        (fastest, countAtFastest) = (0, 0)
        for case let reader? in readers where reader.verdict == nil {
            if reader.position > fastest {
                (fastest, countAtFastest) = (reader.position, 1)
            } else if reader.position == fastest {
                countAtFastest += 1
            }
        }
    }

    private mutating func pace() {
        let lag = activeCount == 0 ? 0 : log.end - fastest
        if wantsMore, lag > settings.pace {
            wantsMore = false
        } else if !wantsMore, lag <= settings.pace / 2 {
            wantsMore = true
        }
    }

    // MARK: What is kept

    private mutating func close(_ effects: inout Effects) {
        guard isOpen else { return }
        isOpen = false
        effects.hasClosed = true
        trim()
    }

    private mutating func oneLessAtFirst() {
        guard !isOpen else { return }
        countAtFirst -= 1
        if countAtFirst <= 0 { trim() }
    }

    /// Lets go of what every active reader has had.
    private mutating func trim() {
        var first = log.endIndex
        countAtFirst = 0
        for case let reader? in readers where reader.verdict == nil {
            if reader.nextIndex < first {
                (first, countAtFirst) = (reader.nextIndex, 1)
            } else if reader.nextIndex == first {
                countAtFirst += 1
            }
        }
        log.trim(before: first)
    }

    /// Disarms everybody who waits and names them.
    private mutating func waking(_ effects: Effects) -> Effects {
        var effects = effects
        for slot in readers.indices where readers[slot]?.isArmed == true {
            readers[slot]?.isArmed = false
            effects.wake.append(ReaderID(slot: slot))
        }
        return effects
    }

    private var stateName: String {
        switch state {
        case .awaitingHead: "awaiting a head"
        case .streaming: "streaming"
        case .ended: "ended"
        }
    }
}
