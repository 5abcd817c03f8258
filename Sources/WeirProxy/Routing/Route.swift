import NIOCore
import WeirHTTP
package import WeirLedger
package import WeirOpenAI
package import WeirUpstream

/// A route as the data plane uses it: its settings with everything looked up beforehand.
package final class Route: Sendable {
    /// Its place among the routes of the file.
    package let index: Int
    /// Where every worker counts what it does: see ``RouteSlots``.
    let slot: Int
    package let settings: RouteSettings
    package let pattern: RoutePattern
    package let upstream: Upstream
    /// As `settings.fallback` names it.
    package let fallback: Upstream?
    /// What its users and credentials may still use; shared by all event loops, and by generations. nil where they may use
    /// anything.
    package let allowances: Allowances?
    let tags: [TagTemplate]
    let invalidatesOnWrite: [TagTemplate]
    let timeouts: UpstreamTimeouts
    /// Where its requests say for whom they are, and about what.
    let persona: PersonaSettings
    /// ``PersonaKey/ofRoute(_:upstream:)``.
    let personaKey: String
    /// Where items are asked for together; nil where they are not.
    let batch: BatchSettings?
    let economy: PromptEconomy?
    private let host: [UInt8]?
    private let methods: [[UInt8]]

    /// - Parameter slot: its index where nil.
    package init(
        index: Int,
        slot: Int? = nil,
        settings: RouteSettings,
        upstream: Upstream,
        fallback: Upstream? = nil,
        persona: PersonaSettings = PersonaSettings(),
        allowances: Allowances? = nil
    ) {
        self.index = index
        self.slot = slot ?? index
        let settings = Self.keepingTokensApart(settings)
        self.settings = settings
        self.upstream = upstream
        self.fallback = fallback
        self.allowances = allowances
        batch = settings.features.batching ? settings.batch : nil
        economy = settings.economy.map(PromptEconomy.init)
        pattern = RoutePattern(settings.path)
        tags = settings.cache.tags.map(TagTemplate.init)
        invalidatesOnWrite = settings.invalidatesOnWrite.map(TagTemplate.init)
        timeouts = settings.timeouts ?? upstream.settings.timeouts
        var persona = persona
        persona.context = settings.cache.context
        self.persona = persona
        personaKey = PersonaKey.ofRoute(settings, upstream: upstream.settings)
        host = settings.host.map { Array($0.lowercased().utf8) }
        methods = settings.methods.map { Array($0.utf8) }
    }

    /// An origin may answer by a token that it is shown. Of `Authorization` a shared cache knows that (RFC 9111 §3.5).
    private static func keepingTokensApart(_ settings: RouteSettings) -> RouteSettings {
        guard let token = settings.token, token.isForwarded, settings.cache.mode == .http,
            FieldName.recognise(token.header) != .authorization
        else { return settings }
        var settings = settings
        settings.cache.key.headers.append(token.header)
        return settings
    }

    package var name: String { settings.name }

    /// Whether a field is for Weir alone: the token that it reads; and from whom an AI upstream answers, the persona's, the
    /// user's and the context's.
    func keepsBack(_ field: ByteBufferView) -> Bool {
        if let token = settings.token, !token.isForwarded, ASCII.equalIgnoringCase(token.header.utf8, field) {
            return true
        }
        return settings.cache.mode == .persona && !settings.forwardPersona && persona.names(field)
    }

    func matches(_ head: RequestHead, path: Span<UInt8>) -> Bool {
        guard pattern.matches(path), isFor(hostOf: head) else { return false }
        return methods.isEmpty || methods.contains { $0.elementsEqual(head.methodName) }
    }

    /// Whether it would take the request's path and host, with some method.
    func covers(_ head: RequestHead) -> Bool {
        let storage = head.fields.storage
        return pattern.matches(storage.readableBytesUInt8Span.extracting(head.readablePathRange)) && isFor(hostOf: head)
    }

    private func isFor(hostOf head: RequestHead) -> Bool {
        guard let host else { return true }
        // With a dot behind it a name is the same one.
        let asked = head.hostname
        return ASCII.equalIgnoringCase(asked.last == UInt8(ascii: ".") ? asked.dropLast() : asked, host)
    }

    /// The breaker that a request to this path goes through.
    func service(of endpoint: APIEndpoint) -> Service {
        settings.service ?? Service(rawValue: endpoint.serviceName) ?? .other
    }

    /// Tried before another: by pattern, then a host before none, then methods before none, then the file's order.
    func precedes(_ other: Route) -> Bool {
        if pattern.isMoreSpecific(than: other.pattern) { return true }
        if other.pattern.isMoreSpecific(than: pattern) { return false }
        if (host == nil) != (other.host == nil) { return host != nil }
        if methods.isEmpty != other.methods.isEmpty { return !methods.isEmpty }
        return index < other.index
    }
}
