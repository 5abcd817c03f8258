import Logging
import WeirTesting

/// Keeps what is logged, each line with its metadata.
final class LogLines: Sendable {
    private let lines = Watched<[String]>([])

    var all: [String] { lines.value }

    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self.lines) } }

    private struct Handler: LogHandler {
        let lines: Watched<[String]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let values = (event.metadata ?? [:]).map { "\($0)=\($1)" }.sorted()
            let text = (["\(event.level): \(event.message)"] + values).joined(separator: " ")
            lines.update { $0.append(text) }
        }
    }
}
