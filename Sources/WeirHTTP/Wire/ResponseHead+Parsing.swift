import NIOCore

extension ResponseHead {
    /// Checks a whole head for what its lines say together, and gives it.
    /// - Parameters:
    ///   - method: the request's.
    ///   - storage: the head's bytes; its indices are those of `lines`.
    init(
        _ line: ParsedStatusLine,
        answering method: RequestMethod,
        storage: ByteBuffer,
        lines: [FieldLine]
    ) throws(MessageError) {
        let found = FramingFields(lines)
        let stated = try found.framing(in: storage.readableBytesUInt8Span, version: line.version)
        if (100..<200).contains(line.status), stated ?? .length(0) != .length(0) {
            throw MessageError("an interim response announces a body")
        }
        let fields = FieldSection(storage: storage, lines: lines)
        let framing = Self.framing(stated, status: line.status, answering: method)
        var isPersistent = found.isPersistent(line.version, fields)
        if framing == .untilClose { isPersistent = false }
        // Such a response has no body, whatever it says (RFC 9112 §6.3). One that says otherwise may be followed
        // by one all the same.
        if framing == .none, method != .head, line.status != 304, let stated, stated != .length(0) {
            isPersistent = false
        }
        self.init(
            status: line.status,
            version: line.version,
            framing: framing,
            isPersistent: isPersistent,
            fields: fields
        )
    }

    /// RFC 9112 §6.3.
    private static func framing(
        _ stated: BodyFraming?,
        status: UInt16,
        answering method: RequestMethod
    ) -> BodyFraming {
        switch (status, method) {
        case (100..<200, _), (204, _), (304, _), (200..<300, .connect): .none
        case (_, .head):
            if case .length = stated { stated ?? .none } else { .none }
        case (_, _): stated ?? .untilClose
        }
    }
}
