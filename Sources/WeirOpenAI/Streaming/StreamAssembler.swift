package import NIOCore

/// Makes the body that the unstreamed call would have given out of a whole event stream, so that one stored answer
/// serves both kinds of request.
package enum StreamAssembler {
    /// - Returns: a JSON text; nil when the stream is not whole or something in it has no place in the body: members
    ///   Weir does not know, calls of other tools than functions, audio, no usage.
    package static func assemble(_ eventStream: ByteBuffer, endpoint: APIEndpoint) -> ByteBuffer? {
        guard let events = SSEParser.events(eventStream) else { return nil }
        switch endpoint {
        case .chatCompletions: return chunks(events, isChat: true)
        case .completions: return chunks(events, isChat: false)
        case .responses: return response(events)
        case .embeddings, .moderations, .fineTuning, .models, .other: return nil
        }
    }

    private static func chunks(_ events: [ServerSentEvent], isChat: Bool) -> ByteBuffer? {
        guard events.last?.isDone == true else { return nil }
        var assembly = ChunkAssembly(isChat: isChat)
        for event in events.dropLast() {
            guard event.name == nil || event.name == "message", let chunk = try? JSONDocument(event.data),
                assembly.add(chunk)
            else { return nil }
        }
        return assembly.body()
    }

    /// The last event carries the whole response.
    private static func response(_ events: [ServerSentEvent]) -> ByteBuffer? {
        guard let last = events.last(where: { !$0.isDone }), let document = try? JSONDocument(last.data),
            document.string("type", of: JSONDocument.root) == "response.completed",
            let response = document.value("response", of: JSONDocument.root), document.kind(response) == .object
        else { return nil }
        return document.slice(response)
    }
}
