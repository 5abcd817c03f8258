import Logging
import WeirConfig

/// Makes the log handler that the configuration asks for.
enum Logs {
    static func handler(_ settings: LogSettings) -> any LogHandler {
        let level = Logger.Level(rawValue: settings.level.rawValue) ?? .info
        switch settings.format {
        case .text:
            var handler = StreamLogHandler.standardError(label: "weir")
            handler.logLevel = level
            return handler
        case .json:
            return JSONLogHandler(level: level)
        }
    }
}
