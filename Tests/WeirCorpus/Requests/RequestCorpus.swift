/// Requests with what a strict front door makes of each: of the parser by itself, and of the proxy as a whole.
///
/// Texts stand for bytes, one a character (``bytes(_:)``), so that tables can hold any of them as `\u{FF}`.
package enum RequestCorpus {
    package struct Accepted: Sendable, CustomStringConvertible {
        package var input: String
        /// Per message: method, target form, path, query, version, framing, persistence, expectation.
        package var heads: [String]
        package var bodies: [String] = []

        package var description: String { input.debugDescription }
    }

    package struct Refused: Sendable, CustomStringConvertible {
        package var status: UInt16
        /// What is told to the client, so that a request is refused for its fault and not for another.
        package var reason: String
        package var input: String
        /// Whole requests before the one that is refused.
        package var answered = 0
        /// The head was good, and its request is under way when the fault shows.
        package var isUnderWay = false

        package var description: String { "\(status) \(input.prefix(200).debugDescription)" }
    }

    /// Spellings of one fault.
    struct Refusal: Sendable {
        var status: UInt16
        var reason: String
        var inputs: [String]

        init(_ status: UInt16, _ reason: String, _ inputs: [String]) {
            self.status = status
            self.reason = reason
            self.inputs = inputs
        }

        init(_ reason: String, _ inputs: [String]) { self.init(400, reason, inputs) }
    }

    package static let refused: [Refused] =
        spelled(framing + fields + requestLines + hosts + expectations) + spelled(chunks, isUnderWay: true) + pipelined

    private static func spelled(_ refusals: [Refusal], isUnderWay: Bool = false) -> [Refused] {
        refusals.flatMap { refusal in
            refusal.inputs.map {
                Refused(status: refusal.status, reason: refusal.reason, input: $0, isUnderWay: isUnderWay)
            }
        }
    }

    // MARK: Shorthands

    package static func get(_ target: String) -> String { "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n" }
    package static func with(_ lines: String) -> String { "GET / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n" }
    package static func post(_ lines: String, _ body: String = "") -> String {
        "POST / HTTP/1.1\r\nHost: a\r\n\(lines)\r\n\r\n\(body)"
    }
    package static func chunked(_ body: String) -> String { post("Transfer-Encoding: chunked", body) }
    static func host(_ value: String) -> String { "GET / HTTP/1.1\r\nHost: \(value)\r\n\r\n" }
}
