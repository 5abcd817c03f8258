/// `log:` of `proxy.conf`.
package struct LogSettings: Sendable, Equatable {
    /// The least severe message that is written. The names are those of swift-log's levels.
    package enum Level: String, Sendable, CaseIterable {
        case trace, debug, info, notice, warning, error, critical
    }

    package enum Format: String, Sendable, CaseIterable {
        /// A line for people.
        case text
        /// A JSON object a line.
        case json
    }

    package var level: Level
    package var format: Format

    package init(level: Level = .info, format: Format = .text) {
        self.level = level
        self.format = format
    }
}
