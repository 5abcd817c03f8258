import NIOCore
import Testing
import WeirTraces
import WeirHTTP

@testable import WeirCache

@Suite("Flight machine")
struct FlightMachineTests {
    private typealias Effects = FlightMachine.Effects
    private struct Broken: Error, CustomStringConvertible { let description = "broken" }

    private func machine(window: Int = 10_000, pace: Int = 100, maxFollowers: Int = 10) -> FlightMachine {
        FlightMachine(settings: FlightSettings(window: window, pace: pace, maxFollowers: maxFollowers))
    }

    private func join(_ machine: inout FlightMachine, isLeader: Bool = false) throws -> FlightMachine.ReaderID {
        let joined = machine.join(isLeader: isLeader)
        guard case .joined(let id, _) = joined else { throw Broken() }
        return id
    }

    /// Everything there is for a reader now.
    private func take(_ machine: inout FlightMachine, _ id: FlightMachine.ReaderID) -> [String] {
        var taken: [String] = []
        while let event = machine.next(id) {
            taken.append(event.summary)
            if event.isLast { break }
        }
        return taken
    }

    private let head = ResponseHead(status: 200, fields: section([("Set-Cookie", "a=b"), ("X", "y")]))

    @Test("leader and followers get the same from the first byte, each at its own time")
    func sharing() throws {
        var machine = machine()
        let leader = try join(&machine, isLeader: true)
        let early = try join(&machine)
        #expect(take(&machine, leader) == [])
        #expect(machine.publish(head: head, isShared: true) == Effects(wake: [leader, early]))
        #expect(take(&machine, leader) == ["head 200 +cookie"])
        // The follower has not come yet: it is not woken twice.
        #expect(machine.append(ByteBuffer(string: "one")) == Effects(wake: [leader]))
        let late = machine.join(isLeader: false)
        #expect(late == .joined(.init(slot: 2), hasNews: true))
        #expect(take(&machine, early) == ["head 200", "chunk one"])
        #expect(machine.append(ByteBuffer(string: "two")) == Effects(wake: [early]))
        #expect(machine.append(ByteBuffer()) == Effects())
        #expect(take(&machine, leader) == ["chunk one", "chunk two"])
        #expect(machine.finish(trailers: FieldSection()) == Effects(wake: [leader], hasClosed: true))
        #expect(machine.join(isLeader: false) == .closed)
        #expect(take(&machine, leader) == ["end"])
        #expect(take(&machine, early) == ["chunk two", "end"])
        #expect(take(&machine, .init(slot: 2)) == ["head 200", "chunk one", "chunk two", "end"])
    }

    @Test("what cannot be shared is the leader's alone")
    func unshared() throws {
        var machine = machine()
        let leader = try join(&machine, isLeader: true)
        let followers = [try join(&machine), try join(&machine)]
        #expect(
            machine.publish(head: head, isShared: false)
                == Effects(wake: [leader] + followers, hasClosed: true, released: 2)
        )
        #expect(take(&machine, followers[0]) == ["released"])
        #expect(machine.join(isLeader: false) == .closed)
        _ = machine.append(ByteBuffer(string: "one"))
        #expect(take(&machine, leader) == ["head 200 +cookie", "chunk one"])
        #expect(machine.heldBytes == 0)
        #expect(take(&machine, followers[1]) == ["released"])
        #expect(machine.leave(leader) == Effects(isDeserted: true))
    }

    @Test("an unshared response whose leader has left is deserted at once")
    func unsharedWithoutLeader() throws {
        var machine = machine()
        let leader = try join(&machine, isLeader: true)
        let follower = try join(&machine)
        #expect(machine.leave(leader) == Effects())
        #expect(
            machine.publish(head: head, isShared: false)
                == Effects(wake: [follower], hasClosed: true, released: 1, isDeserted: true)
        )
    }

    @Test("a failure reaches everybody, after what came before it")
    func failure() throws {
        var machine = machine()
        let leader = try join(&machine, isLeader: true)
        let follower = try join(&machine)
        _ = machine.publish(head: head, isShared: true)
        _ = machine.append(ByteBuffer(string: "one"))
        #expect(take(&machine, leader) == ["head 200 +cookie", "chunk one"])
        #expect(machine.fail(Broken()) == Effects(wake: [leader], hasClosed: true))
        #expect(take(&machine, leader) == ["failed broken"])
        #expect(take(&machine, follower) == ["head 200", "chunk one", "failed broken"])
    }

    @Test("before the head, a failure and a stored answer are all there is")
    func withoutHead() throws {
        for (reason, summary) in [
            (.revalidated, "answer revalidated"), (.staleOnError(status: 503), "answer stale 503"),
        ] as [(StoredAnswerReason, String)] {
            var answered = machine()
            let readers = [try join(&answered, isLeader: true), try join(&answered)]
            #expect(answered.answer(response(key(1)), reason) == Effects(wake: readers, hasClosed: true))
            for reader in readers { #expect(take(&answered, reader) == [summary]) }
        }
        var failed = machine()
        let leader = try join(&failed, isLeader: true)
        #expect(failed.fail(Broken()) == Effects(wake: [leader], hasClosed: true))
        #expect(take(&failed, leader) == ["failed broken"])
    }

    // MARK: Leaving

    @Test("the leader may leave; only the last one to leave deserts the flight")
    func leaving() throws {
        var machine = machine()
        let leader = try join(&machine, isLeader: true)
        let follower = try join(&machine)
        _ = machine.publish(head: head, isShared: true)
        #expect(machine.leave(leader) == Effects())
        #expect(take(&machine, follower) == ["head 200"])
        #expect(machine.leave(follower) == Effects(hasClosed: true, isDeserted: true))
        #expect(machine.join(isLeader: false) == .closed)
        // The owner has not heard yet, or goes on all the same.
        #expect(machine.append(ByteBuffer(string: "one")) == Effects())
        #expect(machine.heldBytes == 0)
        #expect(machine.wantsMore)
        #expect(machine.finish(trailers: FieldSection()) == Effects())
    }

    @Test("a flight that outlives its readers can be joined when all have left")
    func outliving() throws {
        var machine = machine()
        machine.outliveReaders()
        let leader = try join(&machine, isLeader: true)
        _ = machine.publish(head: head, isShared: true)
        #expect(machine.leave(leader) == Effects(isDeserted: true))
        _ = machine.append(body(90))
        _ = machine.append(body(90))
        #expect(machine.wantsMore)
        let late = try join(&machine)
        #expect(!machine.wantsMore)
        #expect(take(&machine, late).count == 3)
        #expect(machine.wantsMore)
        _ = machine.finish(trailers: FieldSection())
        #expect(take(&machine, late) == ["end"])
    }

    @Test("leaving after the end is not deserting")
    func leavingLate() throws {
        var machine = machine()
        let leader = try join(&machine, isLeader: true)
        _ = machine.publish(head: head, isShared: true)
        _ = machine.finish(trailers: FieldSection())
        #expect(machine.leave(leader) == Effects())
    }

    // MARK: Memory and pace

    @Test("the fastest reader sets the pace")
    func pace() throws {
        var machine = machine(pace: 100)
        let leader = try join(&machine, isLeader: true)
        let follower = try join(&machine)
        _ = machine.publish(head: head, isShared: true)
        _ = machine.append(body(60))
        #expect(machine.wantsMore)
        _ = machine.append(body(41))
        #expect(!machine.wantsMore)
        _ = machine.next(leader)
        #expect(!machine.wantsMore)
        _ = machine.next(leader)
        #expect(machine.wantsMore)
        _ = machine.append(body(60))
        #expect(!machine.wantsMore)
        _ = take(&machine, follower)
        #expect(machine.wantsMore)
        // With the fastest gone the other one sets it.
        _ = machine.leave(follower)
        #expect(!machine.wantsMore)
        _ = take(&machine, leader)
        #expect(machine.wantsMore)
    }

    @Test("over the window nobody joins, and what all have had is let go")
    func window() throws {
        var machine = machine(window: 1000, pace: 10_000)
        let leader = try join(&machine, isLeader: true)
        let follower = try join(&machine)
        _ = machine.publish(head: head, isShared: true)
        _ = machine.append(body(300))
        _ = take(&machine, leader)
        _ = take(&machine, follower)
        #expect(machine.heldBytes > 300)
        _ = machine.append(body(300))
        #expect(machine.isOpen)
        #expect(machine.append(body(300)).hasClosed)
        #expect(machine.join(isLeader: false) == .closed)
        #expect(machine.heldBytes < 900)
        _ = take(&machine, leader)
        #expect(machine.heldBytes > 600)
        _ = machine.next(follower)
        #expect(machine.heldBytes < 600)
        _ = take(&machine, follower)
        #expect(machine.heldBytes == 0)
        #expect(!machine.append(body(300)).hasClosed)
        _ = machine.leave(follower)
        #expect(machine.heldBytes > 0)
        _ = take(&machine, leader)
        #expect(machine.heldBytes == 0)
    }

    @Test("a reader that falls behind by more than the window is failed, the others go on")
    func slow() throws {
        var machine = machine(window: 1000, pace: 10_000)
        let leader = try join(&machine, isLeader: true)
        let slow = try join(&machine)
        _ = machine.publish(head: head, isShared: true)
        #expect(take(&machine, slow) == ["head 200"])
        for _ in 0..<10 {
            _ = machine.append(body(100))
            _ = take(&machine, leader)
        }
        #expect(machine.append(body(100)).wake == [leader])
        #expect(take(&machine, slow) == ["failed tooSlow"])
        #expect(take(&machine, leader).count == 1)
        #expect(machine.heldBytes == 0)
        #expect(machine.leave(leader).isDeserted)
    }

    @Test("the only reader is never too slow, nor are readers who are equally slow")
    func equallySlow() throws {
        var machine = machine(window: 1000)
        let readers = [try join(&machine, isLeader: true), try join(&machine)]
        _ = machine.publish(head: head, isShared: true)
        for _ in 0..<30 { _ = machine.append(body(100)) }
        #expect(!machine.wantsMore)
        for reader in readers { #expect(take(&machine, reader).count == 31) }
        _ = machine.leave(readers[1])
        for _ in 0..<30 { _ = machine.append(body(100)) }
        #expect(take(&machine, readers[0]).count == 30)
    }

    @Test("there are never more readers than may be")
    func full() throws {
        var machine = machine(maxFollowers: 3)
        _ = try join(&machine, isLeader: true)
        _ = try join(&machine)
        let last = try join(&machine)
        #expect(machine.join(isLeader: false) == .full)
        _ = machine.leave(last)
        #expect(machine.join(isLeader: false) == .joined(last, hasNews: false))
    }

    @Test("a flight that nobody can join keeps nothing that has been read")
    func alone() throws {
        var machine = FlightMachine(settings: FlightSettings(), isOpen: false)
        let leader = try join(&machine, isLeader: true)
        _ = machine.publish(head: head, isShared: true)
        _ = machine.append(body(100))
        #expect(take(&machine, leader).count == 2)
        #expect(machine.heldBytes == 0)
    }

    @Test("in any interleaving every reader gets a prefix, and all of it unless it left", arguments: 0..<50)
    func random(seed: Int) throws {
        var generator = SplitMix64(state: UInt64(seed))
        var machine = FlightMachine(settings: FlightSettings(window: 3000, pace: 400, maxFollowers: 100))
        var texts: [FlightMachine.ReaderID: String] = [:]
        var finished: [String] = []
        texts[try join(&machine, isLeader: true)] = ""
        _ = machine.publish(head: head, isShared: true)
        var whole = ""
        func read(_ id: FlightMachine.ReaderID, _ machine: inout FlightMachine) {
            switch machine.next(id) {
            case .chunk(let chunk)?: texts[id]? += String(buffer: chunk)
            case .end?: finished.append(texts.removeValue(forKey: id) ?? "")
            case .failed?, .released?, .answer?: texts[id] = nil
            case .head?, nil: break
            }
        }
        for step in 0..<300 {
            let id = texts.keys.sorted { $0.slot < $1.slot }.randomElement(using: &generator)
            switch (Int.random(in: 0..<8, using: &generator), id) {
            case (0, _):
                if case .joined(let new, _) = machine.join(isLeader: false) { texts[new] = "" }
            case (1, let id?) where texts.count > 1:
                _ = machine.leave(id)
                let text = texts.removeValue(forKey: id) ?? ""
                #expect(whole.hasPrefix(text))
            case (2, _), (3, _):
                guard machine.wantsMore else { continue }
                let text = String(repeating: "\(step),", count: Int.random(in: 1...30, using: &generator))
                whole += text
                _ = machine.append(ByteBuffer(string: text))
            case (_, let id?):
                read(id, &machine)
            default:
                break
            }
        }
        _ = machine.finish(trailers: FieldSection())
        for id in Array(texts.keys) {
            while texts[id] != nil { read(id, &machine) }
        }
        #expect(finished.allSatisfy { $0 == whole })
        #expect(!finished.isEmpty)
        #expect(machine.heldBytes <= 3000 || machine.isOpen == false)
    }
}
