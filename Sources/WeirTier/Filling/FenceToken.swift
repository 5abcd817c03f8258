/// A fetch's turn among all fetches of its key, by whichever sidecar: a number that only grows, drawn while the upstream is
/// asked. What was asked for earlier is not written over what was asked for later.
///
/// Nobody waits for it but what is written. Lives on the event loop of its fetch.
final class FenceToken {
    private enum State {
        case awaited([(UInt64?) -> Void])
        /// nil: Redis has given none.
        case drawn(UInt64?)
    }

    private var state: State

    init() { state = .awaited([]) }

    init(_ token: UInt64?) { state = .drawn(token) }

    /// `body` gets it once it is there, at once where it is.
    func whenDrawn(_ body: @escaping (UInt64?) -> Void) {
        switch state {
        case .awaited(let bodies): state = .awaited(bodies + [body])
        case .drawn(let token): body(token)
        }
    }

    func draw(_ token: UInt64?) {
        guard case .awaited(let bodies) = state else { preconditionFailure("Cannot draw a token twice") }
        state = .drawn(token)
        for body in bodies { body(token) }
    }
}
