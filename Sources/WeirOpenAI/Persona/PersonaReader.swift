import NIOCore
import WeirHTTP

/// Finds persona and user in a request, the header before the body.
struct PersonaReader {
    private(set) var persona = Persona()
    private(set) var user: String?
    /// Something stands in the body where a dimension or the user should, and it cannot be read.
    private(set) var fault: BypassReason?
    private let settings: PersonaSettings

    init(fields: FieldSection, settings: PersonaSettings) {
        self.settings = settings
        for dimension in PersonaDimension.allCases {
            guard let header = settings.sources[dimension]?.header, let value = Self.field(fields, header) else {
                continue
            }
            persona.set(dimension, value)
        }
        if let header = settings.user.header, let value = Self.field(fields, header), !value.isEmpty { user = value }
    }

    func request(bypass: BypassReason?) -> AIRequest {
        AIRequest(canonical: nil, bypass: bypass, persona: persona, user: user, model: nil)
    }

    /// Reads from the body what no header gave. A member that became a dimension is taken out of the canonical form; one
    /// that a header overruled is not, so that two requests which differ there never share a key. (An array's element
    /// stays in any case.)
    mutating func readBody(_ document: inout JSONDocument) {
        for dimension in PersonaDimension.allCases where persona.values[dimension] == nil {
            guard let pointer = settings.sources[dimension]?.body, let place = Self.find(pointer, document),
                !document.isNull(place.value)
            else { continue }
            guard set(dimension, place.value, document) else {
                fault = fault ?? .unreadablePersona
                continue
            }
            if let name = place.name { document.leaveOut(name: name) }
        }
        guard user == nil, let pointer = settings.user.body, let place = Self.find(pointer, document),
            !document.isNull(place.value)
        else { return }
        guard let text = document.string(place.value) else {
            fault = fault ?? .unreadableUser
            return
        }
        if !text.isEmpty { user = text }
    }

    /// A field's value: several lines are one list (RFC 9110 §5.3); bytes that are no UTF-8 are taken as ISO 8859-1, so
    /// that different bytes stay different.
    private static func field(_ fields: FieldSection, _ name: String) -> String? {
        let values = fields.values(named: name)
        guard !values.isEmpty else { return nil }
        return values.map { value in
            String(validating: value, as: UTF8.self)
                ?? String(String.UnicodeScalarView(value.map { Unicode.Scalar($0) }))
        }.joined(separator: ", ")
    }

    /// A dimension is a text; `interests` may be an array of them.
    private mutating func set(_ dimension: PersonaDimension, _ node: Int, _ document: JSONDocument) -> Bool {
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

    /// Where a JSON pointer (RFC 6901 §4) leads, and the name of the member there, if it is one.
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
        return place
    }
}
