import WeirHTTP
import WeirOpenAI

extension Exchange {
    /// Reads the token that the route wants.
    /// - Returns: why the request goes no further; nil where it does.
    func authenticate(by settings: TokenSettings) -> ProxyError? {
        // A browser's question whether it may ask (CORS-preflight) carries no credentials, by its specification.
        if head.method == .options, head.fields.first(named: "Access-Control-Request-Method") != nil { return nil }
        do throws(TokenError) {
            claims = try TokenReader.claims(
                in: head.fields,
                settings: settings,
                now: shared.clocks.wall().seconds
            )
            return claims == nil && settings.isRequired ? .token(.missing) : nil
        } catch {
            return .token(error)
        }
    }
}
