import NIOCore
import WeirHTTP

/// Finds persona, user and context in a request: in its token before its fields before its body.
struct PersonaReader {
    private enum Found {
        case claim(value: Int)
        case field(String)
        /// The name is nil for an array's element.
        case member(name: Int?, value: Int)
    }

    private(set) var persona = Persona()
    private(set) var user: String?
    private(set) var context = RequestContext()
    /// Something stands where a dimension, the user or the context should, and it cannot be read.
    private(set) var fault: BypassReason?

    private let claims: JSONDocument?
    private let fields: FieldSection

    /// - Parameter body: nil where there is none that can be read. A member that became a dimension is taken out of its
    ///   canonical form; one that a field or a claim overruled is not, so that two requests which differ there never share
    ///   a key. (An array's element stays in any case, and so does the context.)
    init(claims: TokenClaims?, fields: FieldSection, settings: PersonaSettings, body: inout JSONDocument?) {
        self.claims = claims?.document
        self.fields = fields
        for dimension in PersonaDimension.allCases {
            guard let source = settings.sources[dimension] else { continue }
            read(dimension, from: source, &body)
        }
        read(userFrom: settings.user, body)
        for entry in settings.context { read(entry, body) }
    }

    func request(bypass: BypassReason?) -> AIRequest {
        AIRequest(canonical: nil, bypass: bypass, persona: persona, user: user, context: context, model: nil)
    }

    // MARK: What is read

    private mutating func read(_ dimension: PersonaDimension, from source: ValueSource, _ body: inout JSONDocument?) {
        switch find(source, body) {
        case nil: break
        case .field(let text): persona.set(dimension, text)
        case .claim(let value): if !set(dimension, value, claims) { spoil(.unreadablePersona) }
        case .member(let name, let value):
            guard set(dimension, value, body) else { return spoil(.unreadablePersona) }
            if let name { body?.leaveOut(name: name) }
        }
    }

    /// A dimension is a text; `interests` may be an array of them.
    private mutating func set(_ dimension: PersonaDimension, _ node: Int, _ document: JSONDocument?) -> Bool {
        guard let document else { return false }
        guard dimension == .interests, document.kind(node) == .array else {
            guard let text = document.string(node) else { return false }
            persona.set(dimension, text)
            return true
        }
        var members: [String] = []
        for element in document.elements(node) {
            guard let member = document.string(element) else { return false }
            members.append(member)
        }
        persona.set(interests: members)
        return true
    }

    /// An empty name is none; an empty field leaves it to the body.
    private mutating func read(userFrom source: ValueSource, _ body: JSONDocument?) {
        var source = source
        if let header = source.header, field(header)?.isEmpty == true { source.header = nil }
        let text: String?
        switch find(source, body) {
        case nil: return
        case .field(let value): text = value
        case .claim(let value): text = claims?.string(value)
        case .member(_, let value): text = body?.string(value)
        }
        guard let text else { return spoil(.unreadableUser) }
        if !text.isEmpty { user = text }
    }

    private mutating func read(_ entry: ContextSource, _ body: JSONDocument?) {
        switch find(entry.source, body) {
        case nil: context.append(entry.name, nil)
        case .field(let value): context.append(entry.name, value)
        case .claim(let value): append(entry.name, value, claims)
        case .member(_, let value): append(entry.name, value, body)
        }
    }

    /// Text, or a number as it is written: the ids of courses are often numbers.
    private mutating func append(_ name: String, _ node: Int, _ document: JSONDocument?) {
        let isNumber = document?.kind(node) == .number
        let text = isNumber ? document.map { String(buffer: $0.slice(node)) } : document?.string(node)
        if text == nil { spoil(.unreadableContext) }
        context.append(name, text)
    }

    private mutating func spoil(_ reason: BypassReason) { fault = fault ?? reason }

    // MARK: Where it stands

    private func find(_ source: ValueSource, _ body: JSONDocument?) -> Found? {
        if let claims, let pointer = source.claim, let place = Self.find(pointer, claims) {
            return .claim(value: place.value)
        }
        if let header = source.header, let text = field(header) { return .field(text) }
        guard let body, let pointer = source.body, let place = Self.find(pointer, body) else { return nil }
        return .member(name: place.name, value: place.value)
    }

    /// A field's value: several lines are one list (RFC 9110 §5.3); bytes that are no UTF-8 are taken as ISO 8859-1, so
    /// that different bytes stay different.
    private func field(_ name: String) -> String? {
        let values = fields.values(named: name)
        guard !values.isEmpty else { return nil }
        return values.map { value in
            String(validating: value, as: UTF8.self)
                ?? String(String.UnicodeScalarView(value.map { Unicode.Scalar($0) }))
        }.joined(separator: ", ")
    }

    /// Where a JSON pointer (RFC 6901 §4) leads, and the name of the member there, if it is one; nil where nothing is, or
    /// `null`.
    private static func find(_ pointer: [String], _ document: JSONDocument) -> (name: Int?, value: Int)? {
        var place: (name: Int?, value: Int) = (nil, JSONDocument.root)
        for token in pointer {
            switch document.kind(place.value) {
            case .object:
                guard let member = document.member(token, of: place.value) else { return nil }
                place = (member.name, member.value)
            case .array:
                guard let index = Int(token), String(index) == token, index >= 0,
                    let element = document.elements(place.value).dropFirst(index).first(where: { _ in true })
                else { return nil }
                place = (nil, element)
            case .string, .number, .true, .false, .null:
                return nil
            }
        }
        return document.isNull(place.value) ? nil : place
    }
}
