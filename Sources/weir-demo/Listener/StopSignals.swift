import Dispatch
import Foundation

/// Ends the process with exit code 0 on SIGINT and SIGTERM.
///
/// A stand-in has nothing worth finishing, and a held gate would keep a graceful stop waiting.
final class StopSignals {
    private let sources: [any DispatchSourceSignal]

    init() {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { exit(0) }
            source.resume()
            return source
        }
    }
}
