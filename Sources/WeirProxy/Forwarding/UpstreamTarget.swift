import NIOCore
import WeirHTTP
import WeirUpstream

/// The target in origin form, byte for byte as the client sent it, behind the upstream's base path.
enum UpstreamTarget {
    /// With the part of the query alone that is in the key.
    static func make(_ head: RequestHead, keyedBy key: KeySettings, upstream: UpstreamURL) -> ByteBuffer {
        if case .all = key.query, !key.sortsQuery { return make(head, upstream: upstream) }
        var target = ByteBuffer()
        target.writeString(upstream.basePath)
        target.writeBytes(head.path)
        if let query = KeyedQuery.make(head.query, by: key) {
            target.writeStaticString("?")
            target.writeBytes(query)
        }
        return target
    }

    static func make(_ head: RequestHead, upstream: UpstreamURL) -> ByteBuffer {
        let path = head.pathAndQuery
        if upstream.basePath.isEmpty, !path.isEmpty { return ByteBuffer(path) }
        var target = ByteBuffer()
        target.writeString(upstream.basePath)
        target.writeBytes(path)
        if target.readableBytes == 0 { target.writeStaticString("*") }
        return target
    }
}
