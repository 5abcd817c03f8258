import NIOCore
import WeirHTTP
import WeirOpenAI
import WeirUpstream

/// By which of a request's fields an AI upstream can tell its tenants apart.
struct TenantFields {
    private static let noCredentials: FieldNameSet = [
        .cookie, .openaiOrganization, .openaiProject, .proxyAuthorization,
    ]

    let head: RequestHead
    let route: Route

    /// The lines of all fields that the upstream may take for the client's credential, as it will see them; what Weir sets
    /// there or reads itself (a persona, a user, a context, a token that stays here) is none.
    var credentials: [FieldLine] {
        let goesByCookies = goesByCookies
        return head.fields.lines.filter { line in
            guard CredentialFields.contains(line, of: head.fields), line.name != .proxyAuthorization,
                line.name != .cookie || goesByCookies
            else { return false }
            let name = head.fields.name(of: line)
            return !route.upstream.settings.sets(name) && !isWeirs(name)
        }
    }

    /// A hash of them, with a seed that this process has chosen and nobody else knows; nil where there are none.
    var credential: UInt64? {
        let lines = credentials
        guard !lines.isEmpty else { return nil }
        var hasher = Hasher()
        for line in lines {
            hasher.combine(head.fields.name(of: line).map(ASCII.lowercased))
            hasher.combine(head.fields.value(of: line))
        }
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }

    /// Whether nothing but its cookies says whose request it is. Where something else does, cookies are those that
    /// providers' front ends set and official clients send back: they tell nobody apart, and go upstream with no call whose
    /// answer others get.
    var goesByCookies: Bool {
        guard head.fields.contains(.cookie) else { return false }
        let isSetHere = route.upstream.settings.headers.contains {
            !Self.noCredentials.contains(FieldName.recognise($0.name)) && CredentialFields.contains(name: $0.name)
        }
        if isSetHere { return false }
        return !head.fields.lines.contains { line in
            !Self.noCredentials.contains(line.name) && CredentialFields.contains(line, of: head.fields)
                && !isWeirs(head.fields.name(of: line))
        }
    }

    /// It is in a key by what it says, or does not go upstream.
    private func isWeirs(_ name: ByteBufferView) -> Bool { route.keepsBack(name) || route.persona.names(name) }
}

extension Route {
    /// Whether a request tells the upstream who asks.
    func isPersonal(_ fields: FieldSection) -> Bool {
        fields.lines.contains { line in
            CredentialFields.contains(line, of: fields) && !upstream.settings.sets(fields.name(of: line))
        }
    }
}

extension UpstreamSettings {
    /// Whether a field is Weir's to say there, whatever the client says in it.
    func sets(_ name: ByteBufferView) -> Bool {
        headers.contains { ASCII.equalIgnoringCase($0.name.utf8, name) }
    }
}

extension PersonaSettings {
    /// Whether a dimension, the user or the context is read from this field.
    func names(_ field: ByteBufferView) -> Bool {
        if let header = user.header, ASCII.equalIgnoringCase(header.utf8, field) { return true }
        return sources.values.contains { isRead($0, from: field) }
            || context.contains { isRead($0.source, from: field) }
    }

    private func isRead(_ source: ValueSource, from field: ByteBufferView) -> Bool {
        source.header.map { ASCII.equalIgnoringCase($0.utf8, field) } ?? false
    }
}
