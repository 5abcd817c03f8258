import NIOCore
import Synchronization

/// Named gates at which requests wait until a test lets them on, so that tests need no sleep.
///
/// A gate that nobody holds is open. A held one stops whoever comes; `pass` lets a number through,
/// one after the other, and `release` opens it for all.
final class Gates: Sendable {
    private struct Gate {
        var permits = 0
        var waiters: [(id: Int, continuation: CheckedContinuation<Void, any Error>)] = []
    }

    private struct State {
        var held: [String: Gate] = [:]
        var nextID = 0
    }

    private let state = Mutex(State())

    /// Closes the gate; closed already, it stays so with its waiters.
    func hold(_ name: String) {
        state.withLock { state in
            if state.held[name] == nil { state.held[name] = Gate() }
        }
    }

    /// Lets `count` through: those who wait first, and whoever comes next with what is left.
    func pass(_ name: String, count: Int) {
        let admitted = state.withLock { state -> [CheckedContinuation<Void, any Error>] in
            guard var gate = state.held[name] else { return [] }
            let admitted = gate.waiters.prefix(count).map(\.continuation)
            gate.waiters.removeFirst(admitted.count)
            gate.permits += count - admitted.count
            state.held[name] = gate
            return admitted
        }
        for continuation in admitted { continuation.resume() }
    }

    /// Opens the gate for everyone.
    func release(_ name: String) {
        let waiters = state.withLock { $0.held.removeValue(forKey: name)?.waiters ?? [] }
        for waiter in waiters { waiter.continuation.resume() }
    }

    func releaseAll() {
        for name in state.withLock({ Array($0.held.keys) }) { release(name) }
    }

    /// How many wait at every held gate.
    var waiting: [String: Int] { state.withLock { $0.held.mapValues(\.waiters.count) } }

    /// Returns when the gate lets the caller through.
    ///
    /// - Throws: `ClientLeft` when `closed` comes first.
    func wait(at name: String, until closed: EventLoopFuture<Void>) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        closed.whenComplete { _ in self.abandon(name, id) }
        try await withCheckedThrowingContinuation { continuation in
            let isOpen = state.withLock { state in
                guard var gate = state.held[name] else { return true }
                defer { state.held[name] = gate }
                if gate.permits > 0 {
                    gate.permits -= 1
                    return true
                }
                gate.waiters.append((id, continuation))
                return false
            }
            if isOpen { continuation.resume() }
        }
    }

    private func abandon(_ name: String, _ id: Int) {
        let left = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard let index = state.held[name]?.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.held[name]?.waiters.remove(at: index).continuation
        }
        left?.resume(throwing: ClientLeft())
    }
}
