import CCurl
import Synchronization

/// How other threads reach ``CurlLoop``: commands behind a lock, and a nudge to libcurl's poll for the first of them.
@safe
final class CurlQueue: Sendable {
    private struct State {
        var commands: [CurlCommand] = []
        var isOpen = true
    }

    private let state = Mutex(State())
    /// Made in `init`. Other threads use it only for `curl_multi_wakeup`, which libcurl allows, and only under the
    /// lock while the queue is open; all else, its cleanup after `close()` included, is ``CurlLoop``'s.
    nonisolated(unsafe) let multi: UnsafeMutableRawPointer

    init() {
        guard let multi = unsafe curl_multi_init() else { fatalError("libcurl has no memory for a multi handle") }
        unsafe self.multi = unsafe multi
    }

    /// - Returns: false once the engine has stopped; the command is then dropped.
    func post(_ command: CurlCommand) -> Bool {
        state.withLock { state in
            guard state.isOpen else { return false }
            state.commands.append(command)
            if state.commands.count == 1 { unsafe _ = curl_multi_wakeup(multi) }
            return true
        }
    }

    /// All commands since the last time, in order.
    func take() -> [CurlCommand] {
        state.withLock { state in
            defer { state.commands = [] }
            return state.commands
        }
    }

    /// Takes no more commands.
    /// - Returns: those that came in between.
    func close() -> [CurlCommand] {
        state.withLock { state in
            state.isOpen = false
            defer { state.commands = [] }
            return state.commands
        }
    }
}
