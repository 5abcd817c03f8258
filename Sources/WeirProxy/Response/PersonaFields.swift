import NIOCore
import WeirHTTP

/// What a provider's response says of one call and not of the answer (DESIGN §5): kept from the store and from
/// followers.
enum PersonaFields {
    private static let ofOneCall: FieldNameSet = [.openaiProcessingMs, .setCookie, .altSvc, .xRequestId]
    private static let prefixesOfOneCall = ["x-ratelimit-", "cf-"]

    static func storable(_ response: FieldSection) -> FieldSection {
        var fields = shareable(StoredFields.storable(response))
        fields.removeAll(in: [.date, .etag, .lastModified, .expires, .cacheControl, .age])
        return fields
    }

    /// What others than who made the call get of its fields.
    static func shareable(_ response: FieldSection) -> FieldSection {
        var fields = response
        fields.removeAll { line in
            ofOneCall.contains(line.name)
                || line.name == .other
                    && prefixesOfOneCall.contains {
                        ASCII.equalIgnoringCase(response.name(of: line).prefix($0.utf8.count), $0.utf8)
                    }
        }
        return fields
    }
}
