/// What a trailer section may hold (RFC 9110 §6.5.1): nothing that frames, routes, authenticates or steers a cache,
/// for all of that was decided when the head was read.
enum TrailerRules {
    /// Of the names Weir knows those that only describe; fields it does not know pass, save X-Forwarded-*
    /// and their kin.
    private static let allowed: FieldNameSet = [
        .other, .etag, .link, .openaiProcessingMs, .server, .traceparent, .tracestate, .xRequestId, .xUpstreamRequestId,
    ]

    /// Refuses a request's trailers if a field is among them that may not be.
    static func check(_ trailers: FieldSection) throws(MessageError) {
        for line in trailers.lines where !isAllowed(line, of: trailers) {
            throw MessageError("there is a field in the trailers that belongs in the head")
        }
    }

    /// Drops from a response's trailers what may not be there.
    static func filter(_ trailers: inout FieldSection) {
        let section = trailers
        trailers.removeAll { !isAllowed($0, of: section) }
    }

    private static func isAllowed(_ line: FieldLine, of section: FieldSection) -> Bool {
        allowed.contains(line.name) && !RoutingFields.contains(line, of: section)
    }
}
