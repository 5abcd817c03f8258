/// What HTTP's grammar asks of single bytes (RFC 9110 §5.6).
package enum ASCII {
    package static let carriageReturn: UInt8 = 0x0D
    package static let lineFeed: UInt8 = 0x0A
    package static let space: UInt8 = 0x20
    package static let tab: UInt8 = 0x09
    package static let comma: UInt8 = 0x2C
    package static let colon: UInt8 = 0x3A
    package static let semicolon: UInt8 = 0x3B
    package static let equals: UInt8 = 0x3D
    package static let quote: UInt8 = 0x22
    package static let backslash: UInt8 = 0x5C

    @inline(__always)
    package static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    @inline(__always)
    package static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// Optional white space (OWS): space or tab.
    @inline(__always)
    package static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    /// `tchar`, what a token is made of (RFC 9110 §5.6.2).
    @inline(__always)
    package static func isTokenCharacter(_ byte: UInt8) -> Bool {
        byte < 128
            && (byte < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE as UInt64) >> UInt64(byte & 63) & 1 == 1
    }

    /// The value of a hexadecimal digit in either case, nil for any other byte.
    @inline(__always)
    package static func hexValue(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte &- 0x30 }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }

    /// A byte allowed within a field value: visible, obs-text, space and tab (RFC 9110 §5.5).
    @inline(__always)
    package static func isFieldValueByte(_ byte: UInt8) -> Bool {
        byte >= 0x20 ? byte != 0x7F : byte == tab
    }

    /// Whether two runs of bytes are the same but for the case of letters.
    package static func equalIgnoringCase(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { lowercased($0) == lowercased($1) }
    }

    package static func equalIgnoringCase(_ left: some Collection<UInt8>, _ right: StaticString) -> Bool {
        guard left.count == right.utf8CodeUnitCount else { return false }
        return right.withUTF8Buffer { unsafe equalIgnoringCase(left, $0) }
    }

    package static func equalIgnoringCase(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        for index in left.indices where lowercased(left[index]) != lowercased(right[index]) { return false }
        return true
    }

    package static func equalIgnoringCase(_ left: Span<UInt8>, _ right: StaticString) -> Bool {
        right.withUTF8Buffer { unsafe equalIgnoringCase(left, $0.span) }
    }
}
