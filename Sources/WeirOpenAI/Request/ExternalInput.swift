import NIOCore

/// Whether a request names something that lies elsewhere, which may be another thing at the next asking: an image or file
/// by its URL, or by the id under which the provider keeps it. What comes with the request (`data:` URLs, `file_data`) does
/// not.
enum ExternalInput {
    /// Members that hold a URL, by themselves or as the `url` of an object.
    private static let urls = ["image_url", "file_url", "audio_url", "video_url"]
    /// Members that hold an id.
    private static let ids = ["file_id", "image_id"]
    /// How long those names are: most others are told by that.
    private static let lengths = 7...9

    /// - Parameter names: members of the body's top level that are looked through.
    static func reason(_ document: JSONDocument, in names: [String]) -> BypassReason? {
        for name in names {
            guard let value = document.value(name, of: JSONDocument.root) else { continue }
            if isNamed(within: value, document.nodes.span, document) { return .externalInput }
        }
        return nil
    }

    /// No deeper than the document itself is.
    private static func isNamed(within node: Int, _ nodes: Span<JSONNode>, _ document: JSONDocument) -> Bool {
        let (kind, end) = (nodes[node].kind, Int(nodes[node].next))
        guard kind == .object || kind == .array else { return false }
        var value = node + 1
        while value < end {
            if kind == .object {
                if isExternal((value, value + 1), nodes[value], document) { return true }
                value += 1
            }
            if isNamed(within: value, nodes, document) { return true }
            value = Int(nodes[value].next)
        }
        return false
    }

    private static func isExternal(
        _ member: JSONMembers.Element,
        _ name: JSONNode,
        _ document: JSONDocument
    ) -> Bool {
        guard name.hasEscape || lengths.contains(name.range.inside.count), !document.isNull(member.value) else {
            return false
        }
        if ids.contains(where: { document.isNamed(member.name, $0) }) { return true }
        guard urls.contains(where: { document.isNamed(member.name, $0) }) else { return false }
        let url = document.kind(member.value) == .object ? document.value("url", of: member.value) : member.value
        return url.map { !document.isDataURL($0) } ?? false
    }
}

extension JSONDocument {
    /// What is no string, or begins otherwise, is none.
    fileprivate func isDataURL(_ node: Int) -> Bool {
        guard kind(node) == .string else { return false }
        let range = textRange(node)
        return range.count >= 5
            && bytes.readableBytesUInt8Span.extracting(range.lowerBound..<range.lowerBound + 5).elementsEqual(
                "data:".utf8
            )
    }
}

extension Span<UInt8> {
    /// Whether they are these, letters in either case.
    fileprivate func elementsEqual(_ expected: String.UTF8View) -> Bool {
        guard count == expected.count else { return false }
        for (index, byte) in zip(indices, expected) where self[index] | 0x20 != byte | 0x20 { return false }
        return true
    }
}
