/// What a test waited for did not come.
package struct TimeLimitExceeded: Error, CustomStringConvertible {
    package var what: String
    package var limit: Duration

    package var description: String { "\(what) did not happen within \(limit)" }
}

/// Runs an operation and gives up, cancelling it, when it takes longer than `limit`. Nothing in a test may hang.
package func withTimeLimit<Value: Sendable>(
    _ limit: Duration = .seconds(10),
    _ what: String,
    _ operation: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask(operation: operation)
        group.addTask {
            try await Task.sleep(for: limit)
            throw TimeLimitExceeded(what: what, limit: limit)
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}
