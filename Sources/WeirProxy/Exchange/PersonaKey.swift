import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirUpstream

/// The key of a request in `mode: persona`: everything that its answer may depend on, and who shares it.
///
///     what its route says (``ofRoute(_:upstream:)``) · path · query · host · tenant · user · namespace · fields · persona · context · body
///
/// Tenants are told apart by what the upstream will see as their credential, whatever field it comes in.
struct PersonaKey {
    /// Enters every key, so that a change of what goes into keys can never find an older version's answers.
    private static let schema = "weir-persona-2"

    let head: RequestHead
    let route: Route
    let builder: CacheKeyBuilder

    // MARK: What a route says

    /// What is the same for every request of a route: where it goes, what Weir tells the upstream there, and what is stored.
    /// It is made once.
    ///
    /// The upstream is told by its address and not by its name, which a reload may give to another.
    static func ofRoute(_ route: RouteSettings, upstream: UpstreamSettings) -> String {
        let builder = CacheKeyBuilder()
        builder.begin()
        builder.add(schema)
        for url in upstream.urls.map(\.description).sorted() { builder.add(url) }
        builder.addMissing()
        builder.add(route.cache.scope.rawValue)
        builder.add(route.cache.namespace)
        for (name, value) in upstream.headers where route.cache.scope != .shared || !isCredential(name) {
            builder.add(name.lowercased())
            builder.add(value)
        }
        builder.addMissing()
        for name in route.cache.key.headers { builder.add(name.lowercased()) }
        builder.addMissing()
        // What one route stores another may not.
        for reason in Set(route.cache.storedFinishReasons).sorted() { builder.add(reason) }
        builder.addMissing()
        builder.add(route.forwardPersona ? "persona" : "")
        for entry in route.cache.context { builder.add(entry.name) }
        return builder.finish().description
    }

    /// A configured field that says who Weir is, and not for which account it asks.
    private static func isCredential(_ name: String) -> Bool {
        !accounts.contains(FieldName.recognise(name)) && CredentialFields.contains(name: name)
    }

    private static let accounts: FieldNameSet = [.openaiOrganization, .openaiProject]

    // MARK: What a request says

    func make(_ request: AIRequest, canonical: ByteBuffer) -> CacheKey {
        begin(request)
        builder.add(canonical.readableBytesView)
        return builder.finish()
    }

    /// Of each item: that of a request for it alone.
    func make(_ request: AIRequest, items: ItemRequest) -> [CacheKey] {
        begin(request)
        let beginning = builder.beginning
        return items.items.indices.map { item in
            builder.begin(with: beginning)
            builder.add(items.canonical(of: item).readableBytesView)
            return builder.finish()
        }
    }

    /// Everything but what it asks for.
    private func begin(_ request: AIRequest) {
        builder.begin()
        builder.add(route.personaKey)
        builder.add(head.path)
        add(head.query)
        add(route.upstream.settings.host == .preserve ? head.fields.first(.host) : nil)
        addTenant()
        addUser(request)
        add(head.fields.first(.xWeirNamespace))
        addShapingFields()
        request.persona.appendKeyParts(add)
        request.context.appendKeyParts(add)
    }

    /// The key of what serves only requests of one kind, streamed or not, beside what the key itself holds.
    static func ofKind(_ key: CacheKey, isStream: Bool, builder: CacheKeyBuilder) -> CacheKey {
        builder.begin()
        builder.add(schema)
        builder.add(isStream ? "stream" : "whole")
        builder.add(key.description)
        return builder.finish()
    }

    /// All lines of all fields that an upstream may tell tenants by. What Weir sets there is in the route's part.
    private func addTenant() {
        let scope = route.settings.cache.scope
        for line in TenantFields(head: head, route: route).credentials
        where scope != .shared || Self.accounts.contains(line.name) {
            builder.add(head.fields.name(of: line).map(ASCII.lowercased))
            builder.add(head.fields.value(of: line))
        }
        // Their end: how many there are is part of the key, and none can be taken for what follows.
        builder.addMissing()
    }

    /// Where the upstream is told who asks, it may answer by it.
    private func addUser(_ request: AIRequest) {
        if route.settings.cache.scope == .user { builder.add(request.user ?? "") }
        if route.settings.forwardPersona, let name = route.persona.user.header {
            for value in head.fields.values(named: name) { builder.add(value) }
        }
        builder.addMissing()
    }

    /// Fields that change what is answered, each only where it is there.
    private func addShapingFields() {
        for line in head.fields.lines where isShaping(line) {
            builder.add(head.fields.name(of: line).map(ASCII.lowercased))
            builder.add(head.fields.value(of: line))
        }
        builder.addMissing()
    }

    func isShaping(_ line: FieldLine) -> Bool {
        if line.name == .acceptLanguage { return true }
        let name = head.fields.name(of: line)
        if line.name == .other, Self.shaping.contains(where: { ASCII.equalIgnoringCase($0.utf8, name) }) { return true }
        return route.settings.cache.key.headers.contains { HTTPKey.spells(name, $0) }
    }

    private static let shaping = ["openai-beta", "anthropic-beta", "anthropic-version"]

    private func add(_ part: String?) {
        if let part { builder.add(part) } else { builder.addMissing() }
    }

    private func add(_ part: ByteBufferView?) {
        if let part { builder.add(part) } else { builder.addMissing() }
    }
}
