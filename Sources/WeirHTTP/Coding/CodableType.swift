/// Media types (RFC 9110 §8.3.1) whose content shrinks under a general coding.
///
/// Not among them: what is packed already (images, video, `font/woff2`), `multipart`, whose parts are meant to be
/// read as they come, and `text/event-stream`, whose events must not wait in a coder.
enum CodableType {
    /// - Parameter contentType: a field value, parameters included.
    static func contains(_ contentType: Span<UInt8>) -> Bool {
        var end = 0
        while end < contentType.count, contentType[end] != ASCII.semicolon { end += 1 }
        let type = contentType.extracting(contentType.trimmed(0..<end))
        if hasPrefix(type, "text/") { return type.count > 5 && !type.equalsIgnoringCase("text/event-stream") }
        if hasPrefix(type, "multipart/") { return false }
        if hasSuffix(type, "+json") || hasSuffix(type, "+xml") || hasSuffix(type, "+yaml") { return true }
        return others.contains { type.equalsIgnoringCase($0) }
    }

    private static func hasPrefix(_ type: Span<UInt8>, _ prefix: StaticString) -> Bool {
        let count = prefix.utf8CodeUnitCount
        return type.count >= count && type.extracting(0..<count).equalsIgnoringCase(prefix)
    }

    private static func hasSuffix(_ type: Span<UInt8>, _ suffix: StaticString) -> Bool {
        let start = type.count - suffix.utf8CodeUnitCount
        return start >= 0 && type.extracting(start..<type.count).equalsIgnoringCase(suffix)
    }

    private static let others: [StaticString] = [
        "application/json", "application/javascript", "application/xml", "application/wasm",
        "application/x-javascript", "application/ecmascript", "application/yaml", "application/x-yaml",
        "application/toml", "application/sql", "application/graphql", "application/rtf",
        "application/x-www-form-urlencoded", "application/xml-dtd",
        "font/ttf", "font/otf", "font/sfnt", "font/collection", "application/font-sfnt", "application/x-font-ttf",
        "application/x-font-otf", "application/x-font-truetype", "application/x-font-opentype",
        "application/vnd.ms-fontobject",
        "image/bmp", "image/x-icon", "image/vnd.microsoft.icon",
    ]
}
