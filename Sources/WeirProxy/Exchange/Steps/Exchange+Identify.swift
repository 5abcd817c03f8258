import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirUpstream

extension Exchange {
    /// Enters every key, so that a change of what goes into keys can never find an older version's answers.
    private static let keySchema = "weir-persona-1"

    func identify() -> Step {
        guard let route else { preconditionFailure("Cannot identify a request that has no route") }
        let request = AIRequest.read(
            body.collected,
            endpoint: endpoint,
            fields: head.fields,
            settings: generation.settings.persona
        )
        aiRequest = request
        guard let canonical = request.canonical, request.bypass == nil else {
            return bypass(.bypass, detail: request.bypass?.rawValue ?? "uncacheable")
        }
        if route.settings.cache.scope == .user, request.user == nil { return bypass(.bypass, detail: "no-user") }
        key = makeKey(request, canonical: canonical, route: route)
        return .lookup
    }

    func bypass(_ reason: CacheStatus.Forward, detail: String) -> Step {
        plan = .bypass(reason, detail: detail)
        cacheStatus.forward = reason
        cacheStatus.detail = detail
        return .forward
    }

    private func makeKey(_ request: AIRequest, canonical: ByteBuffer, route: Route) -> CacheKey {
        let builder = worker.keyBuilder
        builder.begin()
        builder.add(Self.keySchema)
        builder.add(route.upstream.name)
        builder.add(head.path)
        add(head.query)
        builder.add(route.settings.cache.scope.rawValue)
        addScope(request, route: route)
        builder.add(route.settings.cache.namespace)
        add(head.fields.first(.xWeirNamespace))
        request.persona.appendKeyParts { part in
            if let part { builder.add(part) } else { builder.addMissing() }
        }
        builder.add(canonical.readableBytesView)
        return builder.finish()
    }

    /// Keeps tenants apart: by what the upstream will see as the credential.
    private func addScope(_ request: AIRequest, route: Route) {
        let scope = route.settings.cache.scope
        if scope != .shared {
            for name in Self.apiCredentials { addCredential(name, route: route) }
            addOtherCredentials(route: route)
            if scope == .user { worker.keyBuilder.add(request.user ?? "") }
        }
        for name in Self.accounts { addCredential(name, route: route) }
    }

    private static let apiCredentials: [FieldName] = [.authorization, .apiKey, .xApiKey]
    private static let accounts: [FieldName] = [.openaiOrganization, .openaiProject]

    /// What an upstream that is no provider's own may go by: fields that are nobody's standard. Cookies are none:
    /// providers' front ends set them, and official clients send them back.
    private func addOtherCredentials(route: Route) {
        for line in head.fields.lines where CredentialFields.contains(line, of: head.fields) {
            guard !Self.apiCredentials.contains(line.name), !Self.accounts.contains(line.name) else { continue }
            let name = head.fields.name(of: line)
            let isConfigured = route.upstream.settings.headers.contains {
                ASCII.equalIgnoringCase($0.name.utf8, name)
            }
            if isConfigured || line.name == .proxyAuthorization || line.name == .cookie { continue }
            worker.keyBuilder.add(String(decoding: name.map(ASCII.lowercased), as: UTF8.self))
            worker.keyBuilder.add(head.fields.value(of: line))
        }
        // Their end: how many there are is part of the key, and none can be taken for what follows.
        worker.keyBuilder.addMissing()
    }

    private func addCredential(_ name: FieldName, route: Route) {
        let configured = route.upstream.settings.headers.last { FieldName.recognise($0.name) == name }
        if let configured {
            worker.keyBuilder.add(configured.value)
        } else {
            // All of it: an upstream may go by any line.
            let values = Array(head.fields.values(name))
            add(values.count > 1 ? joined(values) : values.first)
        }
    }

    /// As one line has it (RFC 9110 §5.3).
    private func joined(_ values: [ByteBufferView]) -> ByteBufferView {
        var line = ByteBuffer()
        for (index, value) in values.enumerated() {
            if index > 0 { line.writeStaticString(", ") }
            line.writeBytes(value)
        }
        return line.readableBytesView
    }

    /// The key of what serves only requests of one kind, streamed or not, beside what the key itself holds.
    func makeKeyOfKind(_ key: CacheKey, isStream: Bool) -> CacheKey {
        let builder = worker.keyBuilder
        builder.begin()
        builder.add(Self.keySchema)
        builder.add(isStream ? "stream" : "whole")
        builder.add(key.description)
        return builder.finish()
    }

    private func add(_ part: ByteBufferView?) {
        if let part { worker.keyBuilder.add(part) } else { worker.keyBuilder.addMissing() }
    }
}
