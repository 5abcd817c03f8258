package import NIOCore

/// Plays an answer that was not streamed as the event stream that the streamed call would have given.
package enum StreamReplayer {
    /// - Parameters:
    ///   - body: an answer that ``AnswerInspector`` found storable.
    ///   - includeUsage: whether the client asked for `stream_options.include_usage`; a Responses stream always has it.
    /// - Returns: nil when something in the body has no place in a stream as Weir plays it.
    package static func replay(_ body: ByteBuffer, endpoint: APIEndpoint, includeUsage: Bool) -> ByteBuffer? {
        guard let document = try? JSONDocument(body), document.kind(JSONDocument.root) == .object else { return nil }
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
}
