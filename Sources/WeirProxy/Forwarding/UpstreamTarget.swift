import NIOCore
import WeirHTTP
import WeirUpstream

/// The target in origin form, byte for byte as the client sent it, behind the upstream's base path.
enum UpstreamTarget {
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
