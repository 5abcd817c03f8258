import WeirTesting

/// An origin that takes whatever comes, answers what is whole, and tells afterwards what it has seen.
final class Witness: Sendable {
    struct Seen: Sendable {
        var target: String
        /// The head as it stood on the wire, one character a byte.
        var head: String
        var body: WireBody
        var connection: Int
    }

    /// Requests that were whole, in order.
    private let seen = Watched<[Seen]>([])
    /// Connections on which a request was cut off.
    private let cut = Watched(0)

    var requests: [Seen] { seen.value }
    var cutCount: Int { cut.value }

    /// - Parameter answer: its fields; what it stands for could be stored.
    func script(answer fields: String = "Cache-Control: max-age=60\r\n") -> ScriptedOrigin.Script {
        { [self] connection in
            while true {
                do {
                    guard let raw = try await connection.wire.readRawHead() else { return }
                    let request = try await connection.finishRequest(WireHead(raw))
                    seen.update {
                        $0.append(
                            Seen(
                                target: request.target,
                                head: raw,
                                body: request.body,
                                connection: connection.index
                            )
                        )
                    }
                } catch is CancellationError {
                    // The test is over, and the connection idle.
                    return
                } catch {
                    return cut.update { $0 += 1 }
                }
                try? await connection.respond(fields: fields, body: "fine")
            }
        }
    }
}
