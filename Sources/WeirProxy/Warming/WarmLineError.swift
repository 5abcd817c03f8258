import WeirHTTP

/// Why a line of a warming list is no request: what was expected, with nothing of what stood there, which may be a secret.
struct WarmLineError: Error, Equatable {
    let message: String

    init(_ message: String) { self.message = message }

    init(_ error: MessageError) { message = error.reason.description }
}
