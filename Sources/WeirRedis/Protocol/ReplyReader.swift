import CHiredis
package import NIOCore

/// hiredis' reader of RESP2, with functions of our own that make ``RedisReply`` values within ``ReplyBounds``: its own
/// would set memory aside for whatever an array announces.
@safe
package final class ReplyReader {
    /// What came is no reply, or too much of one. The reader is of no use any more.
    package struct Violation: Error, Equatable {}

    /// What hiredis' functions reach; alive as long as the reader.
    private final class Sink {
        var builder: ReplyBuilder
        init(_ builder: ReplyBuilder) { self.builder = builder }
    }

    private let bounds: ReplyBounds
    private let sink: Sink
    /// Owned: made in `init`, freed in `deinit`, used by this object alone.
    private let reader: UnsafeMutablePointer<redisReader>

    package init(bounds: ReplyBounds = ReplyBounds()) {
        self.bounds = bounds
        sink = Sink(ReplyBuilder(bounds: bounds))
        // The sink outlives the reader, which is freed in this object's deinit; so it need not be retained here.
        let functions = unsafe weir_reply_sink(
            owner: Unmanaged.passUnretained(sink).toOpaque(),
            text: { owner, kind, bytes, count in unsafe ReplyReader.add(text: bytes, count, kind: kind, to: owner) },
            integer: { owner, value in unsafe ReplyReader.add(to: owner) { $0.add(.integer(value)) } },
            nothing: { owner in unsafe ReplyReader.add(to: owner) { $0.add(.null) } },
            array: { owner, count in
                unsafe ReplyReader.add(to: owner) { $0.add(array: Int(clamping: count)) }
            }
        )
        guard let reader = unsafe weir_reader_new(functions) else { preconditionFailure("Cannot go on without memory") }
        unsafe self.reader = unsafe reader
    }

    deinit { unsafe weir_reader_free(reader) }

    /// Takes bytes as they came from the socket, and hands on every reply that is whole.
    package func read(
        _ bytes: ByteBuffer,
        _ received: (RedisReply) throws(Violation) -> Void
    ) throws(Violation) {
        let code = unsafe bytes.withUnsafeReadableBytes { bytes in
            // Copied during the call; an empty buffer may have no address, and nothing to read.
            unsafe redisReaderFeed(reader, bytes.baseAddress, bytes.count)
        }
        guard code == REDIS_OK else { throw Violation() }
        while let reply = try next() { try received(reply) }
    }

    private func next() throws(Violation) -> RedisReply? {
        var object: UnsafeMutableRawPointer?
        guard unsafe redisReaderGetReply(reader, &object) == REDIS_OK else { throw Violation() }
        if let reply = sink.builder.take() { return reply }
        // A value lies in hiredis' buffer until it is whole; its length stands in a line before it.
        let unread = unsafe weir_reader_unread(reader)
        guard unread <= bounds.bulk + bounds.line else { throw Violation() }
        guard unsafe unread <= bounds.line || weir_reader_has_line(reader, 64) == 1 else { throw Violation() }
        return nil
    }

    private static func add(
        to owner: UnsafeMutableRawPointer?,
        _ change: (inout ReplyBuilder) -> Bool
    ) -> Int32 {
        // The sink that `init` gave, as it came back.
        guard let owner = unsafe owner else { return 0 }
        let sink = unsafe Unmanaged<Sink>.fromOpaque(owner).takeUnretainedValue()
        return change(&sink.builder) ? 1 : 0
    }

    private static func add(
        text bytes: UnsafePointer<CChar>?,
        _ count: Int,
        kind: Int32,
        to owner: UnsafeMutableRawPointer?
    ) -> Int32 {
        // hiredis' own buffer, `count` bytes of it, which stays as it is for this call.
        let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
        return unsafe add(to: owner) { builder in
            guard builder.admits(bytes: count) else { return false }
            return switch kind {
            case REDIS_REPLY_STATUS: unsafe builder.add(.status(String(decoding: bytes, as: UTF8.self)))
            case REDIS_REPLY_ERROR: unsafe builder.add(.error(String(decoding: bytes, as: UTF8.self)))
            case _: unsafe builder.add(.bulk(ByteBuffer(bytes: bytes)))
            }
        }
    }
}
