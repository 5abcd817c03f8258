import Synchronization

/// A value that tasks wait on: whoever changes it wakes those whose condition may now hold. No polling, no sleeps.
package final class Watched<Value: Sendable>: Sendable {
    private struct State {
        var value: Value
        /// Grows with every change, so that a change between looking and waiting is not missed.
        var version = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    package init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    package var value: Value { state.withLock { $0.value } }

    /// Changes the value and wakes whoever waits.
    package func update<Result: Sendable>(_ change: @Sendable (inout Value) throws -> Result) rethrows -> Result {
        let (result, waiters) = try state.withLock { state in
            let result = try change(&state.value)
            state.version += 1
            defer { state.waiters = [] }
            return (result, state.waiters)
        }
        for waiter in waiters { waiter.resume() }
        return result
    }

    /// Waits until `take` returns something. What it changes in the value stays changed.
    /// - Throws: ``TimeLimitExceeded`` naming `what`, or what `take` throws.
    package func wait<Result: Sendable>(
        for what: String,
        limit: Duration = .seconds(10),
        until take: @escaping @Sendable (inout Value) throws -> Result?
    ) async throws -> Result {
        if let result = try state.withLock({ try take(&$0.value) }) { return result }
        return try await withTimeLimit(limit, what) {
            while true {
                let (result, version) = try self.state.withLock { (try take(&$0.value), $0.version) }
                if let result { return result }
                await self.changed(since: version)
                try Task.checkCancellation()
            }
        }
    }

    private func changed(since version: Int) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.version != version || Task.isCancelled { return true }
                    state.waiters.append(continuation)
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            update { _ in }
        }
    }
}
