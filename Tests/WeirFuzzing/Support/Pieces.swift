import NIOCore

/// Ways of cutting an input that follow from the input itself, so that a finding can be run again.
enum Pieces {
    /// At places that a hash of the bytes chooses: one to 16 bytes, or up to 200 now and then.
    static func scattered(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var pieces: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let count = Int(state >> 60) == 0 ? Int(state >> 40 & 0xFF) % 200 + 1 : Int(state >> 33 & 0xF) + 1
            pieces.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return pieces
    }

    /// Every byte by itself; nil where that would take long.
    static func single(_ bytes: [UInt8]) -> [ArraySlice<UInt8>]? {
        bytes.count <= 256 ? bytes.indices.map { bytes[$0...$0] } : nil
    }

    /// Both ways.
    static func ways(_ bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
        [scattered(bytes)] + (single(bytes).map { [$0] } ?? [])
    }
}

extension Array where Element == UInt8 {
    var buffer: ByteBuffer { ByteBuffer(bytes: self) }
    /// The lines between the line feeds.
    var lines: [ArraySlice<UInt8>] { split(separator: 0x0A, omittingEmptySubsequences: false) }
}

extension ByteBuffer {
    var text: String { String(buffer: self) }
}
