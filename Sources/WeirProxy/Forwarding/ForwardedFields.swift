import NIOCore
import WeirHTTP
import WeirOpenAI
import WeirUpstream

/// The fields that go upstream: the client's without what ends here, and Weir's own (RFC 9110 §7.6).
struct ForwardedFields {
    /// What the fetch is for decides which of the client's fields may shape the answer.
    enum Purpose {
        /// One client's own answer.
        case passing
        /// An answer that many will share: asked for whole and unconditionally, in a coding Weir can undo.
        case sharing(validating: [FieldSection], coding: CodingRequest)
    }

    /// Written afresh by Weir or by the transport, or meant for Weir alone.
    private static let replaced: FieldNameSet = HopByHop.names.union([
        .host, .contentLength, .expect, .via, .xForwardedFor, .xForwardedHost, .xForwardedProto, .forwarded,
        .xRequestId, .xWeirNamespace, .xWeirPriority, .xWeirTags, .xWeirTTL, .proxyAuthorization,
    ])
    private static let shaping: FieldNameSet = Conditional.names.union([.range, .ifRange])

    /// What Weir itself says of each request, whatever its client says, but for what is in the key.
    static let own: FieldNameSet = [.via, .xForwardedFor, .xRequestId]

    let head: RequestHead
    let route: Route
    let requestID: ByteBufferView
    let peerAddress: String
    /// How the request came.
    let via: String
    /// Whether the client's connection is TLS.
    let isSecure: Bool
    /// They go to the route's fallback upstream, which is another host.
    var isFallback = false

    /// To which they go.
    private var upstream: UpstreamSettings { (isFallback ? route.fallback : nil)?.settings ?? route.upstream.settings }

    func make(for purpose: Purpose) -> FieldSection {
        var fields = FieldSection()
        fields.reserve(lines: head.fields.lines.count + 6, bytes: head.fields.storage.readableBytes + 256)
        appendHost(to: &fields)
        appendClientFields(to: &fields, purpose: purpose)
        appendOwn(to: &fields, isForOthers: isForOthers(purpose))
        appendPurpose(purpose, to: &fields)
        for (name, value) in upstream.headers {
            fields.removeAll(named: name)
            fields.append(named: name, value)
        }
        return fields
    }

    private func appendHost(to fields: inout FieldSection) {
        switch upstream.host {
        case .upstream: fields.append(.host, upstream.url.authority)
        case .preserve:
            if let host = head.fields.first(.host) {
                fields.append(.host, bytes: host)
            } else {
                fields.append(.host, upstream.url.authority)
            }
        }
    }

    private func appendClientFields(to fields: inout FieldSection, purpose: Purpose) {
        var skipped = Self.replaced
        if case .sharing(_, let coding) = purpose {
            skipped.formUnion(Self.shaping)
            if coding != .clients { skipped.insert(.acceptEncoding) }
        }
        if isForOthers(purpose), !TenantFields(head: head, route: route).goesByCookies {
            skipped.insert(.cookie)
        }
        let options = ConnectionOptions(head.fields)
        for line in head.fields.lines {
            guard !skipped.contains(line.name), !options.names(line, of: head.fields) else { continue }
            if RoutingFields.misleads(line, of: head.fields)
                || route.keepsBack(head.fields.name(of: line))
            {
                continue
            }
            if isFallback, isWithheld(line) { continue }
            switch line.name {
            // An `If-Range` keeps Weir's suffix: the ranges of another coding are not the upstream's.
            case .ifNoneMatch, .ifMatch:
                fields.append(line.name, bytes: EntityTag.strippingCodingSuffixes(head.fields.value(of: line)))
            default:
                fields.append(line, of: head.fields)
            }
        }
    }

    /// An AI answer that others get, too, must not be shaped by where one client is, nor a provider be told.
    private func isForOthers(_ purpose: Purpose) -> Bool {
        guard case .sharing = purpose else { return false }
        return route.settings.cache.mode == .persona
    }

    /// What another host is not to see: credentials that were meant for the first, unless the route says so, and in any
    /// case what the first one does not see either because Weir sets it there. Nor does a safe request ask there for what
    /// it has of the first one's: tags and dates of two hosts have nothing to do with each other.
    private func isWithheld(_ line: FieldLine) -> Bool {
        if head.method.isSafe, Conditional.names.contains(line.name) { return true }
        if route.settings.fallback?.credentials == .drop, CredentialFields.contains(line, of: head.fields) {
            return true
        }
        return route.upstream.settings.sets(head.fields.name(of: line))
    }

    private func appendOwn(to fields: inout FieldSection, isForOthers: Bool) {
        for via in head.fields.values(.via) { fields.append(.via, bytes: via) }
        fields.append(.via, via)
        if !isForOthers {
            fields.append(.xForwardedFor, peerAddress)
            fields.append(.xForwardedProto, isSecure ? "https" : "http")
            if let host = head.fields.first(.host) { fields.append(.xForwardedHost, bytes: host) }
        }
        fields.append(.xRequestId, bytes: requestID)
    }

    private func appendPurpose(_ purpose: Purpose, to fields: inout FieldSection) {
        switch purpose {
        case .passing:
            break
        case .sharing(let stored, let coding):
            if coding == .gzip { fields.append(.acceptEncoding, "gzip") }
            for (name, value) in Validators.conditionalFields(for: stored) { fields.append(name, bytes: value) }
        }
    }
}
