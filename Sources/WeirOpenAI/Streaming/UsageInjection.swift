package import NIOCore

/// Asks the upstream for the usage of a streamed answer: the one change Weir makes to a request's body.
package enum UsageInjection {
    /// Sets `stream_options.include_usage` in a chat or completions request with `stream: true`; all other bytes stay as
    /// they are.
    ///
    /// - Returns: nil when the request is not streamed, has asked itself, or cannot be changed safely.
    package static func addIncludeUsage(to body: ByteBuffer) -> ByteBuffer? {
        guard let document = try? JSONDocument(body) else { return nil }
        let root = JSONDocument.root
        guard count("stream", of: root, document) == 1, let stream = document.value("stream", of: root),
            document.isTrue(stream)
        else { return nil }
        switch count("stream_options", of: root, document) {
        case 0:
            return replace(1..<1, by: "\"stream_options\":{\"include_usage\":true},", root, document)
        case 1:
            guard let options = document.member("stream_options", of: root)?.value else { return nil }
            return change(options, document)
        default:
            return nil
        }
    }

    private static func change(_ options: Int, _ document: JSONDocument) -> ByteBuffer? {
        if document.isNull(options) || document.isEmpty(options) && document.kind(options) == .object {
            let length = document.range(options).count
            return replace(0..<length, by: "{\"include_usage\":true}", options, document)
        }
        guard document.kind(options) == .object else { return nil }
        switch count("include_usage", of: options, document) {
        case 0:
            return replace(1..<1, by: "\"include_usage\":true,", options, document)
        case 1:
            guard let usage = document.member("include_usage", of: options)?.value,
                document.kind(usage) == .false || document.isNull(usage)
            else { return nil }
            return replace(0..<document.range(usage).count, by: "true", usage, document)
        default:
            return nil
        }
    }

    private static func count(_ name: String, of object: Int, _ document: JSONDocument) -> Int {
        document.members(object).reduce(0) { $0 + (document.isNamed($1.name, name) ? 1 : 0) }
    }

    /// - Parameter range: relative to the node's first byte.
    private static func replace(
        _ range: Range<Int>,
        by text: StaticString,
        _ node: Int,
        _ document: JSONDocument
    ) -> ByteBuffer {
        let start = document.range(node).lowerBound
        var output = ByteBufferAllocator().buffer(capacity: document.bytes.readableBytes + text.utf8CodeUnitCount)
        output.writeImmutableBuffer(document.slice(0..<start + range.lowerBound))
        output.writeStaticString(text)
        output.writeImmutableBuffer(document.slice(start + range.upperBound..<document.bytes.readableBytes))
        return output
    }
}
