package import NIOCore

/// What is kept beside a stored answer, so that nobody has to read the answer again to know what it once cost.
///
///     flags (1): 1 has usage, 2 repeats · prompt · cached prompt · written prompt · completion · reasoning · total · model
///
/// Counts take one byte for seven bits; the model's name goes on to the end.
package struct AnswerNote: Sendable, Equatable {
    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let hasUsage = Flags(rawValue: 1)
        static let repeats = Flags(rawValue: 2)
    }

    /// Bytes of a model's name; a longer one is cut off.
    private static let maxModel = 200

    /// Under which it is counted.
    package let model: String
    package let usage: Usage?
    /// ``AnswerReading/repeats``.
    package let repeats: Bool

    package init(model: String, usage: Usage?, repeats: Bool) {
        self.model = model
        self.usage = usage
        self.repeats = repeats
    }

    /// - Returns: nil where the bytes are not what ``encoded()`` gives.
    package init?(_ bytes: ByteBuffer) {
        var bytes = bytes
        guard let raw = bytes.readInteger(as: UInt8.self), raw & ~3 == 0 else { return nil }
        let flags = Flags(rawValue: raw)
        repeats = flags.contains(.repeats)
        if flags.contains(.hasUsage) {
            var counts: [Int] = []
            for _ in 0..<6 {
                guard let count = Self.readCount(&bytes) else { return nil }
                counts.append(count)
            }
            usage = Usage(
                prompt: counts[0],
                cachedPrompt: counts[1],
                writtenPrompt: counts[2],
                completion: counts[3],
                reasoning: counts[4],
                total: counts[5]
            )
        } else {
            usage = nil
        }
        model = String(buffer: bytes)
    }

    package func encoded() -> ByteBuffer {
        var flags: Flags = repeats ? .repeats : []
        if usage != nil { flags.insert(.hasUsage) }
        var bytes = ByteBuffer()
        bytes.writeInteger(flags.rawValue)
        if let usage {
            let counts = [
                usage.prompt, usage.cachedPrompt, usage.writtenPrompt, usage.completion, usage.reasoning, usage.total,
            ]
            for count in counts { Self.write(count: UInt64(max(0, count)), to: &bytes) }
        }
        bytes.writeBytes(model.utf8.prefix(Self.maxModel))
        return bytes
    }

    private static func write(count: UInt64, to bytes: inout ByteBuffer) {
        var rest = count
        while rest > 0x7F {
            bytes.writeInteger(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.writeInteger(UInt8(rest))
    }

    private static func readCount(_ bytes: inout ByteBuffer) -> Int? {
        var count: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            guard let byte = bytes.readInteger(as: UInt8.self) else { return nil }
            count |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return Int(count) }
        }
        return nil
    }
}
