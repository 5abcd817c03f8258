import NIOCore
import WeirHTTP

/// What a provider's response says of one call and not of the answer (DESIGN §5): kept from the store and from
/// followers.
enum PersonaFields {
    static let hidden: FieldNameSet = [.openaiProcessingMs, .setCookie, .altSvc]
    private static let hiddenPrefixes = ["x-ratelimit-", "cf-"]

    static func storable(_ response: FieldSection) -> FieldSection {
        var fields = StoredFields.storable(response)
        fields.removeAll(in: hidden)
        fields.removeAll(in: [.xRequestId, .date, .etag, .lastModified, .expires, .cacheControl, .age])
        let all = fields
        fields.removeAll { line in
            line.name == .other
                && hiddenPrefixes.contains {
                    ASCII.equalIgnoringCase(all.name(of: line).prefix($0.utf8.count), $0.utf8)
                }
        }
        return fields
    }
}
