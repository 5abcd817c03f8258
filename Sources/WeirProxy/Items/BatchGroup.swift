import NIOCore
import WeirCache
import WeirHTTP
import WeirOpenAI
import WeirUpstream

/// Whose items may be asked for by one request: those who would send the same one to the same upstream, texts aside. Their
/// credentials are among what is the same, whatever the route's scope, and so is how much it matters to them.
enum BatchGroup {
    /// What differs between requests that mean the same.
    private static let ignored: FieldNameSet = [.xRequestId, .traceparent, .tracestate]
    private static let ignoredByName = "x-client-request-id"

    static func key(of order: ItemOrder, generation: Generation, builder: CacheKeyBuilder) -> CacheKey {
        let request = order.caller.request
        builder.begin()
        // A route of another configuration may be another one.
        builder.add(String(generation.number))
        builder.add(order.caller.route.name)
        builder.add(request.target.readableBytesView)
        builder.add(request.priority.name)
        for line in request.fields.lines where !isIgnored(line, of: request.fields) {
            builder.add(request.fields.name(of: line).map(ASCII.lowercased))
            builder.add(request.fields.value(of: line))
        }
        builder.addMissing()
        let shape = order.items.shape
        builder.add(shape.isOfTokens ? "tokens" : "texts")
        builder.add(shape.rest.readableBytesView)
        return builder.finish()
    }

    private static func isIgnored(_ line: FieldLine, of fields: FieldSection) -> Bool {
        ignored.contains(line.name) || HTTPKey.spells(fields.name(of: line), ignoredByName)
    }
}
