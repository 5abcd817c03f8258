import Hummingbird
import Logging

/// What travels with one request to the admin listener.
struct AdminContext: RequestContext {
    /// Bytes of a request's body.
    static let maxBody = 64 << 10

    var coreContext: CoreRequestContextStorage
    /// The client's `X-Request-Id`, or 32 hexadecimal digits of Weir's own.
    var requestID: String

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        requestID = Self.makeRequestID()
    }

    private static func makeRequestID() -> String {
        let digits = Array("0123456789abcdef".utf8)
        var random = SystemRandomNumberGenerator()
        return String(
            decoding: (0..<32).map { _ in digits[Int.random(in: 0..<16, using: &random)] },
            as: UTF8.self
        )
    }
}
