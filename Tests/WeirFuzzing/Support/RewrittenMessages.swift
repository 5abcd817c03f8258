import NIOCore
import WeirCorpus
import WeirHTTP

/// Messages that were read, written again by Weir's own writers, and read again: nothing may change on the way.
enum RewrittenMessages {
    /// Written again: the whole messages before the first that is broken, cut off, or not of HTTP/1.1.
    static func check(requests input: [UInt8], _ transcript: Transcript) throws(Violation) {
        var decoder = RequestDecoder()
        var buffer = input.buffer
        var written = ByteBuffer()
        var message = ByteBuffer()
        var isChunked = false
        var isCut = false
        var count = 0
        while !isCut, let part = (try? decoder.decode(&buffer)) ?? nil {
            switch part {
            case .head(let head):
                try check(head)
                isCut = head.version != .http11
                isChunked = head.framing == .chunked
                let target = head.fields.storage.viewBytes(
                    at: head.targetRange.lowerBound,
                    length: head.targetRange.count
                )
                RequestLine.write(
                    methodName: Transcript.text(head.methodName),
                    target: target.map { ByteBuffer($0) } ?? ByteBuffer(),
                    into: &message
                )
                head.fields.write(into: &message)
                message.writeStaticString("\r\n")
            case .body(let piece): write(piece, isChunked: isChunked, into: &message)
            case .end(let trailers):
                if isChunked { ChunkedCoding.writeEnd(trailers: trailers, into: &message) }
                written.writeBuffer(&message)
                message.clear()
                count += 1
            }
        }
        let again = Transcript.requests([Array(written.readableBytesView)[...]])
        try require(again.error == nil && again.left == 0, "what was written is refused: \(again)")
        var decoderOfWritten = RequestDecoder()
        var rest = written
        while let part = (try? decoderOfWritten.decode(&rest)) ?? nil { if case .end = part { count -= 1 } }
        try require(count == 0, "not every message was written")
        try requireEqual(again.events, Array(transcript.events.prefix(again.events.count)), "requests written again")
    }

    static func check(responses input: [UInt8], to method: RequestMethod) throws(Violation) {
        var decoder = ResponseDecoder()
        decoder.begin(answering: method)
        var buffer = input.buffer
        var written = ByteBuffer()
        var isChunked = false
        var isWhole = false
        while let part = (try? decoder.decode(&buffer)) ?? nil {
            switch part {
            case .informational(let head), .head(let head):
                guard head.version == .http11 else { return }
                try check(head)
                isChunked = head.framing == .chunked
                StatusLine.write(head.status, into: &written)
                head.fields.write(into: &written)
                written.writeStaticString("\r\n")
            case .body(let piece): write(piece, isChunked: isChunked, into: &written)
            case .end(let trailers):
                if isChunked { ChunkedCoding.writeEnd(trailers: trailers, into: &written) }
                isWhole = true
            }
            if isWhole { break }
        }
        guard isWhole else { return }
        let first = Transcript.responses([input[...]], to: [method], closed: false)
        var second = Transcript.responses([Array(written.readableBytesView)[...]], to: [method], closed: false)
        second.left = first.left
        try requireEqual(second, first, "a response written again")
    }

    private static func write(_ piece: ByteBuffer, isChunked: Bool, into message: inout ByteBuffer) {
        if isChunked { ChunkedCoding.writeSize(piece.readableBytes, into: &message) }
        message.writeImmutableBuffer(piece)
        if isChunked { message.writeImmutableBuffer(ChunkedCoding.terminator) }
    }

    // MARK: What every accepted head has

    private static func check(_ head: RequestHead) throws(Violation) {
        try check(head.fields, head.framing)
        try require(head.fields.count(of: .host) <= 1, "two hosts")
        try require(head.version == .http10 || head.fields.count(of: .host) == 1, "no host")
        try require(head.method.isIdempotent || !head.method.isSafe, "a safe method that is not idempotent")
        let isPath = head.target.form == .origin || head.target.form == .absolute
        try require(!isPath || head.path.first == 0x2F, "a path that does not begin with a slash")
        try require(head.pathAndQuery.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x23 }, "a byte in the target")
    }

    private static func check(_ head: ResponseHead) throws(Violation) {
        try check(head.fields, head.framing)
        try require((100...999).contains(head.status), "a status of \(head.status)")
    }

    private static func check(_ fields: FieldSection, _ framing: BodyFraming) throws(Violation) {
        try require(
            fields.count(of: .contentLength) + fields.count(of: .transferEncoding) <= 1 || framing == .none,
            "a body framed twice"
        )
        for line in fields.lines {
            let name = fields.name(of: line)
            try require(!name.isEmpty && name.allSatisfy { ASCII.isTokenCharacter($0) }, "a field name")
            let value = fields.value(of: line)
            try require(value.allSatisfy { ASCII.isFieldValueByte($0) }, "a byte in a field value")
            try require(value.first.map { !ASCII.isBlank($0) } ?? true, "white space before a value")
            try require(value.last.map { !ASCII.isBlank($0) } ?? true, "white space behind a value")
        }
    }
}
