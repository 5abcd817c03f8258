import NIOCore
import WeirHTTP

/// What a provider's response says of one call and not of the answer: for whoever made that call, kept
/// from the store and from followers.
enum PersonaFields {
    private static let ofOneCall: FieldNameSet = [.openaiProcessingMs, .setCookie, .altSvc, .xRequestId, .date]
    private static let prefixesOfOneCall = ["x-ratelimit-", "cf-"]
    /// What says how long a response lives: here the route does.
    private static let ofLifetime: FieldNameSet = [.etag, .lastModified, .expires, .cacheControl, .age]

    static func storable(_ response: FieldSection) -> FieldSection {
        var fields = withoutCall(StoredFields.storable(response))
        fields.removeAll(in: ofLifetime)
        return fields
    }

    static func withoutCall(_ response: FieldSection) -> FieldSection {
        var fields = response
        fields.removeAll { line in
            ofOneCall.contains(line.name)
                || line.name == .other && hasPrefixOfOneCall(response.name(of: line))
        }
        return fields
    }

    private static func hasPrefixOfOneCall(_ name: ByteBufferView) -> Bool {
        prefixesOfOneCall.contains { ASCII.equalIgnoringCase(name.prefix($0.utf8.count), $0.utf8) }
    }
}
