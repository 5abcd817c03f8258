import NIOCore
import WeirRedis

extension FuzzTarget {
    /// What a Redis answers (RESP2), within bounds that are soon reached.
    static let replies = FuzzTarget("replies") {
        [
            "+OK\r\n:1\r\n$-1\r\n", "-MOVED 3999 127.0.0.1:6381\r\n", "$5\r\nhello\r\n$0\r\n\r\n", "*0\r\n*-1\r\n",
            "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$0\r\n\r\n", "*2\r\n*1\r\n:-9223372036854775808\r\n*2\r\n+\r\n$-1\r\n",
            "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "*9999\r\n", "$9999\r\n", "%1\r\n+a\r\n:1\r\n",
        ].map { Array($0.utf8) }
    } property: { (input) throws(Violation) in
        let whole = Replies(of: [input[...]])
        for pieces in Pieces.ways(input) {
            let cut = Replies(of: pieces)
            // Where a bound is broken shows the sooner, the less comes at once.
            let count = whole.isRefused || cut.isRefused ? min(whole.list.count, cut.list.count) : whole.list.count
            try requireEqual(Array(cut.list.prefix(count)), Array(whole.list.prefix(count)), "replies in pieces")
            if !whole.isRefused, !cut.isRefused { try requireEqual(cut.list.count, count, "their number") }
        }
        for reply in whole.list where reply.canBeWritten {
            let again = Replies(of: [Array(reply.written.readableBytesView)[...]])
            try requireEqual(again.list, [reply], "a reply that is written again")
        }
    }
}

private struct Replies {
    private(set) var list: [RedisReply] = []
    private(set) var isRefused = false

    init(of pieces: [ArraySlice<UInt8>]) {
        let reader = ReplyReader(bounds: ReplyBounds(bulk: 1024, bytes: 2048, elements: 64, line: 256))
        do throws(ReplyReader.Violation) {
            for piece in pieces {
                try reader.read(ByteBuffer(bytes: piece)) { list.append($0) }
            }
        } catch {
            isRefused = true
        }
    }
}

extension RedisReply {
    /// Text that is no UTF-8 was replaced, and takes more room now.
    fileprivate var canBeWritten: Bool {
        switch self {
        case .status(let text), .error(let text): !text.contains("\u{FFFD}")
        case .array(let replies): replies.allSatisfy(\.canBeWritten)
        case .integer, .bulk, .null: true
        }
    }

    fileprivate var written: ByteBuffer {
        switch self {
        case .status(let text): ByteBuffer(string: "+\(text)\r\n")
        case .error(let text): ByteBuffer(string: "-\(text)\r\n")
        case .integer(let value): ByteBuffer(string: ":\(value)\r\n")
        case .null: ByteBuffer(string: "$-1\r\n")
        case .bulk(let bytes):
            ByteBuffer(bytes: Array("$\(bytes.readableBytes)\r\n".utf8) + bytes.readableBytesView + [13, 10])
        case .array(let replies):
            ByteBuffer(
                bytes: Array("*\(replies.count)\r\n".utf8) + replies.flatMap { $0.written.readableBytesView }
            )
        }
    }
}
