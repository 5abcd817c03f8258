import NIOCore
import WeirHTTP

/// The fields that Weir adds to every response.
enum OwnFields {
    static func write(cacheStatus: CacheStatus, requestID: ByteBufferView, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("Cache-Status: ")
        cacheStatus.write(into: &buffer)
        buffer.writeStaticString("\r\nX-Request-Id: ")
        buffer.writeBytes(requestID)
        buffer.writeStaticString("\r\n")
    }

    static func writeAge(_ age: Int64, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("Age: ")
        buffer.writeDecimal(age)
        buffer.writeStaticString("\r\n")
    }

    static func write(contentEncoding coding: ContentCoding, into buffer: inout ByteBuffer) {
        buffer.writeStaticString("Content-Encoding: ")
        buffer.writeStaticString(coding.token)
        buffer.writeStaticString("\r\n")
    }

    static func writeVaryByCoding(unlessNamedIn fields: FieldSection, into buffer: inout ByteBuffer) {
        let isNamed = fields.listMembers(.vary).contains {
            ASCII.equalIgnoringCase($0, "accept-encoding") || $0.elementsEqual("*".utf8)
        }
        if !isNamed { buffer.writeStaticString("Vary: Accept-Encoding\r\n") }
    }
}
