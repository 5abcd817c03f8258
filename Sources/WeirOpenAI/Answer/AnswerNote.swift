package import NIOCore

/// What is kept beside a stored answer, so that nobody has to read the answer again to know what it once cost.
///
///     flags (1): 1 has usage, 2 repeats, 4 has a track, 8 has an item
///     prompt · cached prompt · written prompt · completion · reasoning · total        where it has usage
///     length · track                                                                  where it has one
///     start · length of the item, of its index, of the usage (0 0: none)              where it has an item
///     model
///
/// Counts take one byte for seven bits; the model's name goes on to the end.
package struct AnswerNote: Sendable, Equatable {
    private struct Flags: OptionSet {
        let rawValue: UInt8
        static let hasUsage = Flags(rawValue: 1)
        static let repeats = Flags(rawValue: 2)
        static let hasTrack = Flags(rawValue: 4)
        static let hasItem = Flags(rawValue: 8)
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
    /// ``AnswerReading/item``.
    package let item: ItemPlace?

    package init(
        model: String,
        usage: Usage?,
        repeats: Bool,
        track: StreamTrack? = nil,
        item: ItemPlace? = nil
    ) {
        self.model = model
        self.usage = usage
        self.repeats = repeats
        self.track = track
        self.item = item
    }

    /// - Returns: nil where the bytes are not what ``encoded()`` gives.
    package init?(_ bytes: ByteBuffer) {
        var bytes = bytes
        guard let raw = bytes.readInteger(as: UInt8.self), raw & ~15 == 0 else { return nil }
        let flags = Flags(rawValue: raw)
        repeats = flags.contains(.repeats)
        if flags.contains(.hasUsage) {
            guard let counts = bytes.readSixCounts() else { return nil }
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
        if flags.contains(.hasItem) {
            guard let counts = bytes.readSixCounts() else { return nil }
            item = ItemPlace(
                item: Self.range(counts[0], counts[1]),
                index: counts[3] == 0 ? nil : Self.range(counts[2], counts[3]),
                usage: counts[5] == 0 ? nil : Self.range(counts[4], counts[5])
            )
        } else {
            item = nil
        }
        model = String(buffer: bytes)
    }

    package func encoded() -> ByteBuffer {
        var flags: Flags = repeats ? .repeats : []
        if usage != nil { flags.insert(.hasUsage) }
        if track != nil { flags.insert(.hasTrack) }
        if item != nil { flags.insert(.hasItem) }
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
        if let item {
            for range in [item.item, item.index ?? 0..<0, item.usage ?? 0..<0] {
                bytes.write(count: range.lowerBound)
                bytes.write(count: range.count)
            }
        }
        bytes.writeBytes(model.utf8.prefix(Self.maxModel))
        return bytes
    }

    /// What it says may be nonsense, but not overflow.
    private static func range(_ start: Int, _ length: Int) -> Range<Int> {
        let start = min(start, 1 << 40)
        return start..<start + min(length, 1 << 40)
    }
}

extension ByteBuffer {
    fileprivate mutating func readSixCounts() -> [Int]? {
        var counts: [Int] = []
        for _ in 0..<6 {
            guard let count = readCount() else { return nil }
            counts.append(count)
        }
        return counts
    }
}
