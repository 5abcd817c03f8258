package import WeirHTTP

/// Responses of upstreams with what a strict gateway makes of each: of the parser by itself, and of the proxy as a
/// whole.
package enum ResponseCorpus {
    package struct Accepted: Sendable, CustomStringConvertible {
        package var methods: [RequestMethod] = [.get]
        /// The upstream closes behind it.
        package var closed = false
        package var input: String
        /// Per message: status, version, framing, persistence.
        package var heads: [String]
        package var bodies: [String] = []
        /// Bytes that belong to no response.
        package var left = 0

        package var description: String { "\(methods) \(input.prefix(200).debugDescription)" }
    }

    package struct Refused: Sendable, CustomStringConvertible {
        package var method = RequestMethod.get
        package var closed = false
        package var reason: String
        package var input: String
        /// The head was good, and is on its way to the client when the fault shows.
        package var isUnderWay = false

        package var description: String { "\(method) \(input.prefix(200).debugDescription)" }
    }

    package static let refused: [Refused] =
        spelled(framing + statusLines + fields + interim) + spelled(chunks, isUnderWay: true) + cut

    private static func spelled(_ refusals: [RequestCorpus.Refusal], isUnderWay: Bool = false) -> [Refused] {
        refusals.flatMap { refusal in
            refusal.inputs.map { Refused(reason: refusal.reason, input: $0, isUnderWay: isUnderWay) }
        }
    }

    // MARK: Shorthands

    package static func ok(_ lines: String, _ body: String = "") -> String {
        "HTTP/1.1 200 OK\r\n\(lines)\r\n\r\n\(body)"
    }
    package static func status(_ status: String, _ lines: String = "A: b", _ body: String = "") -> String {
        "HTTP/1.1 \(status)\r\n\(lines)\r\n\r\n\(body)"
    }
    static func chunked(_ body: String) -> String { ok("Transfer-Encoding: chunked", body) }
}
