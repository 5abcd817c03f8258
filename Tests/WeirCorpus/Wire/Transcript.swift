import NIOCore
package import WeirHTTP

/// What a decoder gave for some input, in a form that two ways of cutting it can be compared by.
package struct Transcript: Equatable, CustomStringConvertible {
    package enum Event: Equatable {
        /// The start line as understood, with framing and persistence, and the fields as `name: value`.
        case head(String, [String])
        case informational(UInt16)
        /// Pieces that follow each other, joined.
        case body(String)
        case end([String])
        case error(MessageError)
    }

    package private(set) var events: [Event] = []
    /// Bytes that were not consumed.
    package var left = 0

    mutating func add(_ event: Event) {
        if case .body(let more) = event, case .body(let before) = events.last {
            events[events.count - 1] = .body(before + more)
        } else {
            events.append(event)
        }
    }

    package var description: String { events.map { "\($0)" }.joined(separator: "\n") + "\nleft: \(left)" }

    package var error: MessageError? {
        if case .error(let error) = events.last { error } else { nil }
    }

    package var heads: [String] {
        events.compactMap { if case .head(let line, _) = $0 { line } else { nil } }
    }

    package var bodies: [String] {
        events.compactMap { if case .body(let text) = $0 { text } else { nil } }
    }

    package var ends: Int { events.count { if case .end = $0 { true } else { false } } }

    package static func lines(_ fields: FieldSection) -> [String] {
        fields.lines.map { "\(text(fields.name(of: $0))): \(text(fields.value(of: $0)))" }
    }

    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: bytes, as: Unicode.Latin1.self)
    }
}

extension Unicode {
    /// One character a byte, so that no byte is lost in a transcript.
    package enum Latin1 {}
}

extension String {
    package init(decoding bytes: some Sequence<UInt8>, as _: Unicode.Latin1.Type) {
        self.init(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}

/// One byte a character, so that tables can hold any byte as `\u{FF}`.
package func bytes(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

extension Transcript {
    /// What a request decoder gives for these pieces of input, one after the other.
    package static func requests(_ pieces: [ArraySlice<UInt8>], limits: HeadLimits = HeadLimits()) -> Transcript {
        var decoder = RequestDecoder(limits: limits)
        var buffer = ByteBuffer()
        var transcript = Transcript()
        for piece in pieces {
            buffer.writeBytes(piece)
            do throws(MessageError) {
                while let part = try decoder.decode(&buffer) { transcript.add(part) }
            } catch {
                transcript.add(.error(error))
            }
        }
        // How much of what follows an error has arrived says nothing.
        transcript.left = transcript.error == nil ? buffer.readableBytes : 0
        return transcript
    }

    package static func requests(_ text: String, limits: HeadLimits = HeadLimits()) -> Transcript {
        requests([bytes(text)[...]], limits: limits)
    }

    /// What a response decoder gives for these pieces of input, each the answer to a request with one of `methods`.
    package static func responses(
        _ pieces: [ArraySlice<UInt8>],
        to methods: [RequestMethod],
        upgrading: Bool = false,
        closed: Bool,
        limits: HeadLimits = HeadLimits()
    ) -> Transcript {
        var decoder = ResponseDecoder(limits: limits)
        var waiting = methods[...]
        var buffer = ByteBuffer()
        var transcript = Transcript()
        if let first = waiting.popFirst() { decoder.begin(answering: first, upgrading: upgrading) }
        do throws(MessageError) {
            for piece in pieces {
                buffer.writeBytes(piece)
                while let part = try decoder.decode(&buffer) {
                    transcript.add(part)
                    if case .end = part, let next = waiting.popFirst() { decoder.begin(answering: next) }
                }
            }
            if closed, let part = try decoder.finish() { transcript.add(part) }
            transcript.left = buffer.readableBytes
        } catch {
            transcript.add(.error(error))
        }
        return transcript
    }

    private mutating func add(_ part: RequestPart) {
        switch part {
        case .head(let head):
            let line = [
                Self.text(head.methodName), "\(head.method)", "\(head.target.form)", Self.text(head.path),
                head.query.map { "?" + Self.text($0) } ?? "-", "\(head.version)", "\(head.framing)",
                head.isPersistent ? "persistent" : "closing", head.expectsContinue ? "expects" : "",
            ]
            add(.head(line.joined(separator: " "), Self.lines(head.fields)))
        case .body(let bytes): add(.body(Self.text(bytes.readableBytesView)))
        case .end(let trailers): add(.end(Self.lines(trailers)))
        }
    }

    private mutating func add(_ part: ResponsePart) {
        switch part {
        case .informational(let head): add(.informational(head.status))
        case .head(let head):
            let line = "\(head.status) \(head.version) \(head.framing) \(head.isPersistent ? "persistent" : "closing")"
            add(.head(line, Self.lines(head.fields)))
        case .body(let bytes): add(.body(Self.text(bytes.readableBytesView)))
        case .end(let trailers): add(.end(Self.lines(trailers)))
        }
    }
}

/// Every way to cut some bytes that the tests try: whole, in two at each place, and byte by byte.
package func splits(_ bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
    var ways: [[ArraySlice<UInt8>]] = [bytes.indices.map { bytes[$0...$0] }]
    for place in bytes.indices.dropFirst() { ways.append([bytes[..<place], bytes[place...]]) }
    return ways
}
