import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI

extension Exchange {
    /// Counts an answer that needed no call of its own.
    func countPopular(_ route: Route) {
        guard worker.popular.isCounting, outcome.savesCall, stream.hasClient, let key else { return }
        let isWanted = worker.popular.count(key, saved: response.costs.toldSaved) {
            (route.name, String(decoding: head.path.prefix(Self.toldPath), as: UTF8.self))
        }
        if isWanted { worker.popular.keep(popularRequest(route), of: key) }
    }

    /// Bytes of a path that are told of a key.
    private static let toldPath = 256

    /// - Returns: nil where it cannot be told without a secret, or not in text.
    private func popularRequest(_ route: Route) -> PopularRequest? {
        // What is in a token's claims nobody can ask for without one; what has been replaced in a prompt might be once more.
        guard route.settings.token == nil, route.settings.cache.key.cookies.isEmpty,
            route.settings.economy?.replacements.isEmpty ?? true,
            head.method == .get || plan == .persona,
            let fields = keyFields(route),
            let path = String(validating: head.pathAndQuery, as: UTF8.self)
        else { return nil }
        return PopularRequest(
            method: plan == .persona ? "POST" : "GET",
            path: path,
            isSecure: stream.isSecure,
            fields: fields,
            // Not a slice of what it was received in.
            body: plan == .persona ? ByteBuffer(bytes: body.collected.readableBytesView) : nil
        )
    }

    /// The fields that are in its key, or select among what is stored under it; but credentials.
    private func keyFields(_ route: Route) -> [WarmTerms.Field]? {
        var fields: [WarmTerms.Field] = []
        for line in head.fields.lines where isInKey(line, route) {
            // One that may be a secret is left out: where it is more than who asks, which a list's sender has to say anyway, so
            // is the request.
            let name = head.fields.name(of: line)
            guard !CredentialFields.contains(line, of: head.fields) else {
                if plan == .persona, !route.persona.names(name) { continue }
                return nil
            }
            guard let value = String(validating: head.fields.value(of: line), as: UTF8.self),
                let field = WarmTerms.Field(String(decoding: name, as: UTF8.self), value)
            else { return nil }
            fields.append(field)
        }
        return fields
    }

    private func isInKey(_ line: FieldLine, _ route: Route) -> Bool {
        switch line.name {
        case .host, .contentType, .xWeirNamespace, .xWeirTags, .xWeirTTL: return true
        default: break
        }
        let name = head.fields.name(of: line)
        if plan == .persona {
            let key = PersonaKey(head: head, route: route, builder: worker.keyBuilder)
            return route.persona.names(name) || key.isShaping(line)
        }
        if route.settings.cache.key.headers.contains(where: { HTTPKey.spells(name, $0) }) { return true }
        guard let key else { return false }
        return shared.store.candidates(key, request: head.fields).contains { stored in
            stored.selection.names.contains { ASCII.equalIgnoringCase($0.utf8, name) }
        }
    }
}
