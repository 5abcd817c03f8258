/// What content codings a client takes (RFC 9110 §12.5.3).
///
/// A client that sends no `Accept-Encoding` gets `identity`: the RFC would allow it any coding, and clients that know
/// none send none. Codings that Weir does not make are passed over, and so is a member with a malformed weight.
package enum AcceptEncoding {
    /// The coding with the highest weight, of equals the first in `among`. `identity` that is not listed is taken, but
    /// only after everything that is.
    /// - Returns: nil where none is acceptable.
    package static func preferred(_ request: FieldSection, among: [ContentCoding]) -> ContentCoding? {
        let weights = Weights(request)
        var best: ContentCoding?
        var highest = 0
        for coding in among where weights[coding] > highest {
            best = coding
            highest = weights[coding]
        }
        return best
    }

    package static func accepts(_ coding: ContentCoding, _ request: FieldSection) -> Bool {
        Weights(request)[coding] > 0
    }

    /// What each coding weighs, in two-thousandths: 0 is refused, 1 is allowed by silence, 2000 is `q=1`.
    private struct Weights {
        private static let unlisted: Int16 = -1
        /// By raw value.
        private var listed = InlineArray<8, Int16>(repeating: unlisted)
        /// Of `*`.
        private var others = unlisted

        init(_ request: FieldSection) {
            for line in request.lines where line.name == .acceptEncoding {
                request.withValueBytes(of: line) { read($0) }
            }
        }

        subscript(coding: ContentCoding) -> Int {
            let weight = listed[Int(coding.rawValue)]
            if weight != Self.unlisted { return Int(weight) }
            if others != Self.unlisted { return Int(others) }
            return coding == .identity ? 1 : 0
        }

        private mutating func read(_ value: Span<UInt8>) {
            var members = ListScanner()
            while let member = members.next(in: value) { readMember(value.extracting(member)) }
        }

        /// `gzip` or `gzip;q=0.8`. Of a coding that is listed twice the first counts.
        private mutating func readMember(_ member: Span<UInt8>) {
            var end = 0
            while end < member.count, member[end] != ASCII.semicolon { end += 1 }
            let name = member.extracting(member.trimmed(0..<end))
            guard let weight = Self.weight(member.extracting(end..<member.count)) else { return }
            if name.count == 1, name[0] == 0x2A {
                if others == Self.unlisted { others = weight }
            } else if let coding = ContentCoding.recognise(name) {
                let index = Int(coding.rawValue)
                if listed[index] == Self.unlisted { listed[index] = weight }
            }
        }

        /// `;q=0.8` with white space around the semicolon; nothing is 1 (RFC 9110 §12.4.2).
        private static func weight(_ parameter: Span<UInt8>) -> Int16? {
            guard parameter.count > 0 else { return 2000 }
            let text = parameter.extracting(parameter.trimmed(1..<parameter.count))
            guard text.count >= 3, text.count <= 7, ASCII.lowercased(text[0]) == 0x71, text[1] == ASCII.equals,
                text[2] == 0x30 || text[2] == 0x31, text.count == 3 || text[3] == 0x2E
            else { return nil }
            var thousandths = Int16(text[2] - 0x30) * 1000
            var unit: Int16 = 100
            for index in 4..<max(4, text.count) {
                guard ASCII.isDigit(text[index]) else { return nil }
                thousandths += Int16(text[index] - 0x30) * unit
                unit /= 10
            }
            return thousandths <= 1000 ? thousandths * 2 : nil
        }
    }
}

extension ContentCoding {
    /// - Parameter name: in any case; `x-gzip` is gzip (RFC 9110 §8.4.1.3).
    static func recognise(_ name: Span<UInt8>) -> ContentCoding? {
        switch name.count {
        case 2 where name.equalsIgnoringCase("br"): .brotli
        case 4 where name.equalsIgnoringCase("gzip"): .gzip
        case 4 where name.equalsIgnoringCase("zstd"): .zstd
        case 6 where name.equalsIgnoringCase("x-gzip"): .gzip
        case 8 where name.equalsIgnoringCase("identity"): .identity
        case _: nil
        }
    }
}
