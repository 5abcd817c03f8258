package import NIOCore
package import WeirHTTP

/// What a request to the API means to a cache: what identifies its answer, for whom it is, and how it wants to be
/// answered.
package struct AIRequest: Sendable {
    /// The body in its one form, without what does not change the answer and what entered as ``persona``; nil when the
    /// request is not answered from the cache, or for several ``items``.
    package var canonical: ByteBuffer?
    /// Why the request is not answered from the cache; nil when it is.
    package var bypass: BypassReason?
    /// What it asks for one by one; nil where that is one thing, whatever it consists of.
    package var items: ItemRequest?
    package var persona: Persona
    /// Who asks. An empty name counts as none.
    package var user: String?
    package var context = RequestContext()
    package var model: String?
    /// About how many tokens of text it holds, rather too few than too many; 0 where the body could not be read.
    package var promptTokens = 0
    /// `stream: true`.
    package var wantsStream = false
    /// `stream_options.include_usage: true`.
    package var wantsUsage = false
    /// What of its own its answer may repeat to it.
    package var echoed = EchoedMembers()

    /// Members of the body's top level that do not change what is answered, or that one stored answer serves in every
    /// variant. There are no others.
    package static let leftOut = EchoedMembers.names + delivery

    private static let delivery = ["stream", "stream_options"]

    /// Reads a request. Never fails: what cannot be keyed says why in ``bypass``, and persona and user are read from
    /// the header fields all the same.
    ///
    /// - Parameters:
    ///   - body: the whole body, without content coding.
    ///   - claims: what the request's token says, where its route reads one.
    package static func read(
        _ body: ByteBuffer,
        endpoint: APIEndpoint,
        fields: FieldSection,
        settings: PersonaSettings,
        claims: TokenClaims? = nil
    ) -> AIRequest {
        func readPersona(_ document: inout JSONDocument?) -> PersonaReader {
            PersonaReader(claims: claims, fields: fields, settings: settings, body: &document)
        }
        var scanned: JSONDocument?
        guard endpoint.isKeyedByBody else { return readPersona(&scanned).request(bypass: .endpoint) }
        do throws(JSONError) {
            scanned = try JSONDocument(body)
        } catch {
            return readPersona(&scanned).request(bypass: BypassReason(error))
        }
        if scanned?.kind(JSONDocument.root) != .object { scanned = nil }
        let reader = readPersona(&scanned)
        guard var document = scanned.take() else { return reader.request(bypass: .notAnObject) }

        var request = reader.request(bypass: reader.fault)
        request.model = document.string("model", of: JSONDocument.root)
        request.promptTokens = PromptSize.tokens(document)
        request.readDelivery(document)
        request.bypass =
            request.bypass ?? BypassRules.reason(document, endpoint: endpoint, model: request.model)
        guard request.bypass == nil else { return request }
        for member in document.members(JSONDocument.root) {
            let isLeftOut =
                request.echoed.take(member, of: document)
                || delivery.contains { document.isNamed(member.name, $0) }
            if isLeftOut { document.leaveOut(name: member.name) }
        }
        if request.echoed.isOverflowing {
            request.bypass = .largeMetadata
            return request
        }
        request.readKey(document, endpoint)
        return request
    }

    /// A request for one item is the same, however it says so.
    private mutating func readKey(_ document: JSONDocument, _ endpoint: APIEndpoint) {
        if !wantsStream, let input = ItemRequest.input(of: document, endpoint: endpoint) {
            guard let (rest, gap) = CanonicalWriter.write(document, omitting: input) else {
                return bypass = .repeatedMember
            }
            let items = ItemRequest(document, input: input, endpoint: endpoint, rest: rest, gap: gap)
            if items.items.count == 1 { canonical = items.canonical(of: 0) }
            self.items = items
        } else {
            canonical = CanonicalWriter.write(document)
            if canonical == nil { bypass = .repeatedMember }
        }
    }

    private mutating func readDelivery(_ document: JSONDocument) {
        if let stream = document.value("stream", of: JSONDocument.root) { wantsStream = document.isTrue(stream) }
        if let options = document.value("stream_options", of: JSONDocument.root),
            let usage = document.value("include_usage", of: options)
        {
            wantsUsage = document.isTrue(usage)
        }
    }
}

extension BypassReason {
    init(_ error: JSONError) {
        switch error {
        case .invalidJSON: self = .invalidJSON
        case .invalidUTF8: self = .invalidUTF8
        case .tooDeep: self = .tooDeep
        case .tooLarge: self = .tooLarge
        }
    }
}
