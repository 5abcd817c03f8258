import NIOCore

extension RequestHead {
    /// Checks a whole head for what its lines say together, and gives it.
    /// - Parameters:
    ///   - storage: the head's bytes; its indices are those of `line` and `lines`.
    init(_ line: ParsedRequestLine, storage: ByteBuffer, lines: [FieldLine]) throws(MessageError) {
        let found = FramingFields(lines)
        let section = FieldSection(storage: storage, lines: lines)
        let framing = try Self.framing(line, found, in: storage.readableBytesUInt8Span)
        let expectsContinue = try Self.expectsContinue(line.version, found, in: storage.readableBytesUInt8Span)
        self.init(
            method: line.method,
            version: line.version,
            framing: framing,
            isPersistent: found.isPersistent(line.version, section),
            expectsContinue: expectsContinue && framing != .none && framing != .length(0),
            target: line.target.target,
            methodRange: line.methodRange,
            targetRange: line.targetRange,
            fields: section
        )
        if !line.target.hasPath, line.target.target.form == .absolute { addPath() }
    }

    private static func framing(
        _ line: ParsedRequestLine,
        _ found: FramingFields,
        in head: Span<UInt8>
    ) throws(MessageError) -> BodyFraming {
        try checkHost(line, found, in: head)
        return try found.framing(in: head, version: line.version) ?? .none
    }

    /// RFC 9112 §3.2: one valid Host, and no other authority beside it.
    private static func checkHost(
        _ line: ParsedRequestLine,
        _ found: FramingFields,
        in head: Span<UInt8>
    ) throws(MessageError) {
        guard !found.host.isRepeated else { throw MessageError("Host is repeated") }
        guard let host = found.host.line else {
            guard line.version == .http10, line.target.authority == nil else {
                throw MessageError("there is no Host field")
            }
            return
        }
        guard Authority.isValid(head.extracting(host.valueRange), portNeeded: false) else {
            throw MessageError("Host is not a host with or without a port")
        }
        if let authority = line.target.authority,
            !ASCII.equalIgnoringCase(head.extracting(authority), head.extracting(host.valueRange))
        {
            throw MessageError("the target and Host name different authorities")
        }
    }

    /// RFC 9110 §10.1.1. In HTTP/1.0 the expectation is ignored.
    private static func expectsContinue(
        _ version: HTTPVersion,
        _ found: FramingFields,
        in head: Span<UInt8>
    ) throws(MessageError) -> Bool {
        guard let expect = found.expect.line else { return false }
        guard !found.expect.isRepeated, ASCII.equalIgnoringCase(head.extracting(expect.valueRange), "100-continue")
        else { throw MessageError(417, "the expectation is not 100-continue") }
        return version >= .http11
    }

    /// Gives the target the `/` that it leaves out, in bytes of its own behind the head.
    private mutating func addPath() {
        var storage = fields.storage
        let start = storage.writerIndex
        let query = target.query.flatMap { storage.getSlice(at: $0.lowerBound, length: $0.count) }
        storage.writeInteger(UInt8(ascii: "/"))
        target.path = start..<(start + 1)
        if let query {
            storage.writeInteger(UInt8(ascii: "?"))
            target.query = (start + 2)..<(start + 2 + query.readableBytes)
            storage.writeImmutableBuffer(query)
        }
        fields = FieldSection(storage: storage, lines: fields.lines)
    }
}
