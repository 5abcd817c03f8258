import Synchronization
import WeirUpstream

/// Closes the connections of upstreams that a reload has changed or taken away, once their last call is over.
final class Retirement: Sendable {
    private struct State {
        var isOpen = false
        var nextID = 0
        var closing: [Int: Task<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Until then, and after ``close()``, there are no event loops to close anything on.
    func open() { state.withLock { $0.isOpen = true } }

    /// For ``Upstream``: nobody can call through this transport any more.
    func shutDown(_ transport: any Transport) {
        state.withLock { state in
            guard state.isOpen else { return }
            let id = state.nextID
            state.nextID += 1
            state.closing[id] = Task {
                await transport.shutdown()
                self.ended(id)
            }
        }
    }

    private func ended(_ id: Int) { state.withLock { $0.closing[id] = nil } }

    /// Returns when all are closed; takes no more.
    func close() async {
        let closing = state.withLock { state in
            state.isOpen = false
            return state.closing.values
        }
        for task in closing {
            task.cancel()
            await task.value
        }
    }
}
