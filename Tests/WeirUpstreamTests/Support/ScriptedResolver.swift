import NIOCore
import Synchronization
import WeirTesting
import WeirUpstream

/// A resolver whose answers the test gives, one lookup at a time.
final class ScriptedResolver: NameResolver {
    typealias Answer = Result<[SocketAddress], NameError>

    private let lookups = Watched<[@Sendable (Answer) -> Void]>([])
    private let asked = Watched(0)

    /// Lookups begun so far.
    var count: Int { asked.value }

    func resolve(_ host: String, port: Int, completion: @escaping @Sendable (Answer) -> Void) {
        lookups.update { $0.append(completion) }
        asked.update { $0 += 1 }
    }

    /// Waits for the next lookup and answers it.
    func answer(_ answer: Answer) async throws {
        let completion = try await lookups.wait(for: "a lookup") { $0.isEmpty ? nil : $0.removeFirst() }
        completion(answer)
    }

    func answer(_ addresses: [String], port: Int) async throws {
        try await answer(.success(addresses.map { try SocketAddress(ipAddress: $0, port: port) }))
    }

    func waitForLookups(count: Int) async throws {
        try await asked.wait(for: "\(count) lookups") { $0 >= count ? () : nil }
    }
}
