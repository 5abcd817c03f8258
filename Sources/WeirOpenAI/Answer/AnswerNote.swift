package import NIOCore

/// What is kept beside a stored answer, so that nobody has to read the answer again to know what it once cost.
///
///     flags (1): 1 has usage, 2 repeats, 4 has a track
///     prompt · cached prompt · written prompt · completion · reasoning · total        where it has usage
///     length · track                                                                  where it has one
///     model
///
/// Counts take one byte for seven bits; the model's name goes on to the end.
package struct AnswerNote: Sendable, Equatable {
    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let hasUsage = Flags(rawValue: 1)
        static let repeats = Flags(rawValue: 2)
        static let hasTrack = Flags(rawValue: 4)
    }

    /// Bytes of a model's name; a longer one is cut off.
    private static let maxModel = 200

    /// Under which it is counted.
    package let model: String
    package let usage: Usage?
    /// ``AnswerReading/repeats``.
    package let repeats: Bool
    /// Of a stream; nil where nothing is known of it.
    package var track: StreamTrack?

    package init(model: String, usage: Usage?, repeats: Bool, track: StreamTrack? = nil) {
        self.model = model
        self.usage = usage
        self.repeats = repeats
        self.track = track
    }

    /// - Returns: nil where the bytes are not what ``encoded()`` gives.
    package init?(_ bytes: ByteBuffer) {
        var bytes = bytes
        guard let raw = bytes.readInteger(as: UInt8.self), raw & ~7 == 0 else { return nil }
        let flags = Flags(rawValue: raw)
        repeats = flags.contains(.repeats)
        if flags.contains(.hasUsage) {
            var counts: [Int] = []
            for _ in 0..<6 {
                guard let count = bytes.readCount() else { return nil }
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
        if flags.contains(.hasTrack) {
            guard let length = bytes.readCount(), let encoded = bytes.readSlice(length: length) else { return nil }
            track = StreamTrack(encoded: encoded)
        }
        model = String(buffer: bytes)
    }

    package func encoded() -> ByteBuffer {
        var flags: Flags = repeats ? .repeats : []
        if usage != nil { flags.insert(.hasUsage) }
        if track != nil { flags.insert(.hasTrack) }
        var bytes = ByteBuffer()
        bytes.writeInteger(flags.rawValue)
        if let usage {
            let counts = [
                usage.prompt, usage.cachedPrompt, usage.writtenPrompt, usage.completion, usage.reasoning, usage.total,
            ]
            for count in counts { bytes.write(count: count) }
        }
        if let track {
            bytes.write(count: track.encoded.readableBytes)
            bytes.writeImmutableBuffer(track.encoded)
        }
        bytes.writeBytes(model.utf8.prefix(Self.maxModel))
        return bytes
    }
}
