import Hummingbird
import Synchronization

/// What a stand-in was asked, for tests that assert how many calls reached it.
final class CallLog: Sendable {
    private struct State {
        var calls: [String: Int] = [:]
        var notModified: [String: Int] = [:]
        var abandoned: [String: Int] = [:]
        var credentials: [String: Int] = [:]
        var last: JSONValue = .null
        var total = 0
    }

    private let state = Mutex(State())

    /// Counts a call under `METHOD /path`, and returns its number from 1 among all calls.
    @discardableResult
    func record(_ request: Request) -> Int {
        let credential = request.headers[.authorization].map(Credential.fingerprint)
        return state.withLock { state in
            state.calls[Self.key(request), default: 0] += 1
            if let credential { state.credentials[credential, default: 0] += 1 }
            state.last = RequestDescription.json(request)
            state.total += 1
            return state.total
        }
    }

    /// Replaces what `/_demo/last` tells, once a body has been read.
    func recordLast(_ description: JSONValue) {
        state.withLock { $0.last = description }
    }

    /// Counts an answer 304.
    func recordNotModified(_ request: Request) {
        state.withLock { $0.notModified[Self.key(request), default: 0] += 1 }
    }

    /// Counts an answer whose client left before its end.
    func recordAbandoned(_ request: Request) {
        state.withLock { $0.abandoned[Self.key(request), default: 0] += 1 }
    }

    func reset() {
        state.withLock { $0 = State() }
    }

    /// Calls since the start or the last reset.
    var total: Int { state.withLock { $0.total } }

    var last: JSONValue { state.withLock { $0.last } }

    /// The members of `/_demo/counts`.
    var members: [(String, JSONValue)] {
        state.withLock { state in
            [
                ("total", .integer(state.total)),
                ("calls", .counts(state.calls)),
                ("notModified", .counts(state.notModified)),
                ("abandoned", .counts(state.abandoned)),
                ("credentials", .counts(state.credentials)),
            ]
        }
    }

    private static func key(_ request: Request) -> String { "\(request.method) \(request.uri.path)" }
}
