/// A door that opens once: tasks wait before it until somebody opens it. For telling a script when to go on.
package final class Gate: Sendable {
    private let isOpen = Watched(false)

    package init() {}

    package func open() { isOpen.update { $0 = true } }

    /// - Throws: ``TimeLimitExceeded`` when nobody opens it in time.
    package func wait(limit: Duration = .seconds(10)) async throws {
        try await isOpen.wait(for: "the gate's opening", limit: limit) { $0 ? () : nil }
    }
}
