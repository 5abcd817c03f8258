import NIOCore
import Testing
import WeirTesting

@testable import WeirUpstream

/// Random events from many seats, each of which hears what concerns it only later, as event loops do.
@Suite struct CallAdmissionPropertyTests {
    @Test("No place is lost or given twice, and nobody waits while one is free", arguments: 0..<40)
    func random(seed: UInt64) {
        var rig = Rig(seed: seed)
        for _ in 0..<3_000 {
            rig.step()
            rig.check()
        }
        rig.finish()
    }
}

/// Seats as ``DirectLoop`` plays them: their idle connections, and word that is on its way to them.
private struct Rig {
    final class Call {
        let seat: Int
        let priority: CallPriority
        let number: Int
        let since: NIODeadline
        let deadline: NIODeadline
        /// Has been told its end, or has left by itself.
        var isOver = false
        /// Waits for a place, as far as its seat knows.
        var isWaiting = true

        init(_ seat: Int, _ priority: CallPriority, _ number: Int, since: NIODeadline, until deadline: NIODeadline) {
            self.seat = seat
            self.priority = priority
            self.number = number
            self.since = since
            self.deadline = deadline
        }
    }

    enum Word {
        case granted(Call)
        case refused(Call)
        /// A seat is to close what is beyond its share, and then to grant this call.
        case closeIdle(Int, Call?)
    }

    private static let seats = 4
    private var random: SplitMix
    private var admission: CallAdmission<Call>
    private var words: [Word] = []
    /// Connections in use, on their way up included: the seat of each.
    private var used: [Int] = []
    private var idle = [Int](repeating: 0, count: seats)
    private var waiting: [Call] = []
    private var now = NIODeadline.uptimeNanoseconds(0)
    private var arrivals = 0
    /// The limit, or the higher one before it.
    private var openBound: Int

    init(seed: UInt64) {
        random = SplitMix(seed: seed)
        let limit = Int.random(in: 1...5, using: &random)
        admission = CallAdmission(limit: limit, bound: Int.random(in: 0...6, using: &random))
        openBound = limit
        for seat in 0..<Self.seats { #expect(admission.addSeat() == seat) }
    }

    private var open: Int { used.count + idle.reduce(0, +) }

    mutating func step() {
        now = now + .nanoseconds(Int64.random(in: 0...3_000_000, using: &random))
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<35: arrive()
        case 35..<60: depart()
        case 60..<85: hear()
        case 85..<90: leave()
        case 90..<94: loseIdle()
        case 94..<97: expire()
        case 97..<98: abandonSeat()
        case 98..<99: change()
        default: break
        }
    }

    private mutating func arrive() {
        let seat = Int.random(in: 0..<Self.seats, using: &random)
        arrivals += 1
        let priority = CallPriority.allCases.randomElement(using: &random) ?? .standard
        let deadline = now + .milliseconds(Int64.random(in: 1...60, using: &random))
        let call = Call(seat, priority, arrivals, since: now, until: deadline)
        switch admission.arrive(at: seat, priority, now: now, until: deadline, ticket: { call }) {
        case .useIdle: useIdle(seat)
        case .connect: used.append(seat)
        case .connectAfter(closingAt: let other):
            waiting.append(call)
            words.append(.closeIdle(other, call))
        case .wait: waiting.append(call)
        case .waitDisplacing(let other):
            #expect(other.priority < priority)
            waiting.append(call)
            words.append(.refused(other))
        case .refuse: call.isOver = true
        }
    }

    private mutating func useIdle(_ seat: Int) {
        #expect(idle[seat] > 0, "An idle connection is promised where there is none")
        idle[seat] -= 1
        used.append(seat)
    }

    private mutating func depart() {
        guard let index = used.indices.randomElement(using: &random) else { return }
        let seat = used.remove(at: index)
        giveBack(from: seat, parks: Bool.random(using: &random))
    }

    private mutating func giveBack(from seat: Int, parks: Bool) {
        let next = next(withConnectionAt: parks ? seat : nil)
        switch admission.depart(from: seat, parks: parks) {
        case .park:
            #expect(parks)
            idle[seat] += 1
        case .close: break
        case .handOver(to: let call):
            #expect(call.seat == seat && call === next && !call.isOver)
            go(on: call)
        case .grant(to: let call):
            #expect(call.seat != seat && call === next)
            words.append(.granted(call))
        }
    }

    /// Who should be next: of those in the queue, and not on their way out of it.
    private func next(withConnectionAt seat: Int?) -> Call? {
        let spoken = words.compactMap { word in
            switch word {
            case .granted(let call), .refused(let call): call
            case .closeIdle(_, let call): call
            }
        }
        let line = waiting.filter { call in call.isWaiting && !spoken.contains { $0 === call } }
        guard let first = line.min(by: { ($0.priority.rawValue, $0.number) < ($1.priority.rawValue, $1.number) }) else {
            return nil
        }
        guard let seat else { return first }
        let near = line.filter { $0.priority == first.priority && $0.since - first.since <= .milliseconds(10) }
        return near.sorted { $0.number < $1.number }.first { $0.seat == seat } ?? first
    }

    private mutating func forget(_ call: Call) {
        waiting.removeAll { $0 === call }
        call.isWaiting = false
    }

    private mutating func go(on call: Call) {
        #expect(!call.isOver, "A call that is over has been started")
        forget(call)
        call.isOver = true
        used.append(call.seat)
    }

    /// Some seat hears the next word that is for it: words to different seats overtake each other.
    private mutating func hear() {
        guard let index = words.indices.randomElement(using: &random) else { return }
        switch words.remove(at: index) {
        case .granted(let call): granted(call)
        case .refused(let call):
            forget(call)
            call.isOver = true
        case .closeIdle(let seat, let call):
            idle[seat] = min(idle[seat], admission.idle(at: seat))
            if let call { words.append(.granted(call)) }
        }
    }

    private mutating func granted(_ call: Call) {
        guard call.isWaiting else {
            forget(call)
            return giveBack(from: call.seat, parks: false)
        }
        if admission.takeIdle(of: call.seat) {
            idle[call.seat] -= 1
            #expect(idle[call.seat] >= 0)
        }
        go(on: call)
    }

    /// A client leaves.
    private mutating func leave() {
        guard let call = waiting.filter(\.isWaiting).randomElement(using: &random) else { return }
        call.isWaiting = false
        call.isOver = true
        if admission.withdraw(call) { forget(call) }
    }

    private mutating func loseIdle() {
        let seat = Int.random(in: 0..<Self.seats, using: &random)
        guard idle[seat] > 0 else { return }
        idle[seat] -= 1
        admission.settle(seat, idle: idle[seat])
    }

    private mutating func expire() {
        for call in admission.expire(now: now) {
            #expect(call.deadline <= now)
            words.append(.refused(call))
        }
    }

    private mutating func abandonSeat() {
        for call in admission.removeWaiting(at: Int.random(in: 0..<Self.seats, using: &random)) {
            forget(call)
            call.isOver = true
        }
    }

    private mutating func change() {
        let limit = Int.random(in: 1...5, using: &random)
        let change = admission.change(limit: limit, bound: Int.random(in: 0...6, using: &random))
        for call in change.granted { words.append(.granted(call)) }
        for seat in change.closing { words.append(.closeIdle(seat, nil)) }
    }

    /// Places taken by calls that have not heard of it yet.
    private var promised: Int {
        words.count { word in
            switch word {
            case .granted, .closeIdle(_, _?): true
            case .refused, .closeIdle(_, nil): false
            }
        }
    }

    mutating func check() {
        #expect(admission.running == used.count + promised)
        #expect(admission.waiting == 0 || admission.running >= admission.limit, "Somebody waits while a place is free")
        #expect(admission.idle == 0 || admission.running + admission.idle <= admission.limit)
        for seat in 0..<Self.seats { #expect(admission.idle(at: seat) <= idle[seat]) }
        // What a lower limit leaves over goes when it is heard of, and as calls end.
        let surplus = words.count { if case .closeIdle(_, nil) = $0 { true } else { false } }
        let isSettled = surplus == 0 && open <= admission.limit && admission.running <= admission.limit
        openBound = isSettled ? admission.limit : max(openBound, admission.limit)
        #expect(open <= openBound + surplus, "More connections are open than places")
    }

    /// Everybody comes to an end, and nothing is left.
    mutating func finish() {
        while !words.isEmpty || !used.isEmpty {
            if words.isEmpty { depart() } else { hear() }
            check()
        }
        #expect(admission.running == 0 && admission.waiting == 0)
        #expect(waiting.isEmpty, "A call never heard what has become of it")
        #expect((0..<Self.seats).map { admission.idle(at: $0) } == idle)
        #expect(arrivals > 500)
    }
}

private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
