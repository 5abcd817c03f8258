import NIOCore

/// Bodies to code: empty, tiny, repetitive, text-like and incompressible.
enum Bodies {
    static let all: [ByteBuffer] = [
        ByteBuffer(),
        ByteBuffer(string: "x"),
        ByteBuffer(string: "{\"message\": \"hello\"}"),
        ByteBuffer(repeating: 0x61, count: 100_000),
        words(3000),
        words(70_000),
        noise(5000),
        noise(70_000),
    ]

    /// Compresses like prose, the same at every call.
    static func words(_ length: Int) -> ByteBuffer {
        let vocabulary = ["river ", "dam ", "water ", "flood ", "\"cache\": ", "stone, ", "level ", "\n", "42, "]
        var random = Random(seed: 7)
        var body = ByteBuffer()
        while body.readableBytes < length { body.writeString(vocabulary[random.next(vocabulary.count)]) }
        return body.getSlice(at: 0, length: length)!
    }

    /// Does not compress, the same at every call.
    static func noise(_ length: Int) -> ByteBuffer {
        var random = Random(seed: 9)
        return ByteBuffer(bytes: (0..<length).map { _ in UInt8(random.next(256)) })
    }

    /// Consecutive pieces of `body`, each of 0 to `longest` bytes, the same for the same seed.
    static func pieces(of body: ByteBuffer, longest: Int, seed: Int) -> [ByteBuffer] {
        var random = Random(seed: UInt64(seed))
        var rest = body
        var pieces: [ByteBuffer] = []
        while rest.readableBytes > 0 {
            pieces.append(rest.readSlice(length: min(rest.readableBytes, random.next(longest + 1)))!)
        }
        return pieces
    }

    struct Random {
        private var state: UInt64

        init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
    }
}
