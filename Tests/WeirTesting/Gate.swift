/// A door that opens once: tasks wait before it until somebody opens it. For telling a script when to go on.
package final class Gate: Sendable {
    private let door = Watched(false)

    package init() {}

    package var isOpen: Bool { door.value }

    package func open() { door.update { $0 = true } }

    /// - Throws: ``TimeLimitExceeded`` when nobody opens it in time.
    package func wait(limit: Duration = .seconds(10)) async throws {
        try await door.wait(for: "the gate's opening", limit: limit) { $0 ? () : nil }
    }
}
