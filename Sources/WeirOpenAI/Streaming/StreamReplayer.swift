package import NIOCore

/// Plays an answer that was not streamed as the event stream that the streamed call would have given.
package enum StreamReplayer {
    /// - Parameters:
    ///   - body: an answer that ``AnswerInspector`` found storable.
    ///   - includeUsage: whether the client asked for `stream_options.include_usage`; a Responses stream always has it.
    /// - Returns: nil when something in the body has no place in a stream as Weir plays it.
    package static func replay(_ body: ByteBuffer, endpoint: APIEndpoint, includeUsage: Bool) -> ByteBuffer? {
        guard let document = try? JSONDocument(body), let document = onOneLine(document),
            document.kind(JSONDocument.root) == .object
        else { return nil }
        switch endpoint {
        case .chatCompletions:
            var replay = ChunkReplay(document, isChat: true, includeUsage: includeUsage)
            return replay.stream()
        case .completions:
            var replay = ChunkReplay(document, isChat: false, includeUsage: includeUsage)
            return replay.stream()
        case .responses:
            var replay = ResponseReplay(document)
            return replay.stream()
        case .embeddings, .moderations, .fineTuning, .models, .other:
            return nil
        }
    }

    /// Values go into events as they stand, and a line break would end their `data` line. Between tokens, where alone
    /// JSON may have them, they mean nothing.
    private static func onOneLine(_ document: JSONDocument) -> JSONDocument? {
        let isBreak: (UInt8) -> Bool = { $0 == 0x0A || $0 == 0x0D }
        let text = document.bytes.readableBytesView
        return text.contains(where: isBreak)
            ? try? JSONDocument(ByteBuffer(bytes: text.filter { !isBreak($0) })) : document
    }
}
