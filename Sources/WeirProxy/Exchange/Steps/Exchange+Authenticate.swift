import WeirHTTP
import WeirOpenAI

extension Exchange {
    /// Reads the token that the route wants.
    /// - Returns: why the request goes no further; nil where it does.
    func authenticate(_ route: Route) -> ProxyError? {
        // A browser's question whether it may ask (CORS-preflight) carries no credentials, by its specification.
        if head.method == .options, head.fields.first(named: "Access-Control-Request-Method") != nil { return nil }
        do throws(TokenError) {
            if let token = generation.router.tokenOfPlainPath(head) { _ = try readToken(token) }
            if let token = route.settings.token { claims = try readToken(token) }
            return nil
        } catch {
            return .token(error)
        }
    }

    private func readToken(_ settings: TokenSettings) throws(TokenError) -> TokenClaims? {
        let claims = try TokenReader.claims(in: head.fields, settings: settings, now: shared.clocks.wall().seconds)
        if claims == nil, settings.isRequired { throw .missing }
        return claims
    }
}
