import NIOCore

/// Takes values out of bytes that may be anything: never more than is there, and never room for more than that.
struct BoundedReader {
    /// In place of a length: there is nothing, which differs from being empty.
    static let absent = UInt32.max

    private var buffer: ByteBuffer

    init(_ buffer: ByteBuffer) { self.buffer = buffer }

    /// Everything has been read.
    var isAtEnd: Bool { buffer.readableBytes == 0 }

    mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type = Value.self) throws(CodingFault) -> Value {
        guard let value = buffer.readInteger(as: type) else { throw .damaged }
        return value
    }

    /// - Throws: where it is not in the range.
    mutating func integer<Value: FixedWidthInteger>(in range: ClosedRange<Value>) throws(CodingFault) -> Value {
        let value = try integer(Value.self)
        guard range.contains(value) else { throw .damaged }
        return value
    }

    /// How many elements follow.
    /// - Parameter size: bytes that the smallest of them takes: more elements than there is room for are none.
    mutating func count(ofAtLeast size: Int) throws(CodingFault) -> Int {
        let count = Int(try integer(UInt32.self))
        guard count <= buffer.readableBytes / size else { throw .damaged }
        return count
    }

    /// Bytes behind their length, in a buffer of their own.
    mutating func bytes() throws(CodingFault) -> ByteBuffer {
        guard let bytes = try optionalBytes() else { throw .damaged }
        return bytes
    }

    /// Bytes behind their length, where they lie.
    mutating func slice() throws(CodingFault) -> ByteBuffer {
        guard let view = try view() else { throw .damaged }
        return ByteBuffer(view)
    }

    mutating func optionalBytes() throws(CodingFault) -> ByteBuffer? {
        guard let view = try view() else { return nil }
        var copy = ByteBuffer()
        copy.reserveCapacity(view.count)
        copy.writeBytes(view)
        return copy
    }

    mutating func optionalArray() throws(CodingFault) -> [UInt8]? { try view().map { Array($0) } }

    /// - Throws: where it is not UTF-8.
    mutating func string() throws(CodingFault) -> String {
        guard let view = try view(), let string = String(validating: view, as: UTF8.self) else { throw .damaged }
        return string
    }

    private mutating func view() throws(CodingFault) -> ByteBufferView? {
        let length = try integer(UInt32.self)
        if length == Self.absent { return nil }
        guard let view = buffer.viewBytes(at: buffer.readerIndex, length: Int(length)) else { throw .damaged }
        buffer.moveReaderIndex(forwardBy: Int(length))
        return view
    }
}
