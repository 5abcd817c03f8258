/// A vector of length 1 that depends on model and input alone.
struct Embedding {
    let values: [Float]

    init(model: String, input: String, dimensions: Int) {
        var values: [Float] = []
        values.reserveCapacity(dimensions + 8)
        var block = 0
        while values.count < dimensions {
            let digest = SHA256Digest.digest(of: "\(model)\u{0}\(block)\u{0}\(input)".utf8)
            for start in stride(from: 0, to: digest.count, by: 4) {
                let bits = digest[start..<start + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                values.append(Float(bits) / Float(UInt32.max) * 2 - 1)
            }
            block += 1
        }
        values.removeLast(values.count - dimensions)
        let norm = values.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
        self.values = values.map { $0 / norm }
    }

    var json: JSONValue { .array(values.map(JSONValue.float)) }

    /// Little-endian 32-bit floats, one after the other.
    var bytes: [UInt8] {
        values.flatMap { value in
            (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
        }
    }
}
