/// Bytes of which every position can be told from its neighbours, so that a lost, doubled or moved piece of a body
/// shows.
package func patternBytes(count: Int, from offset: Int = 0) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    for position in bytes.indices { bytes[position] = patternByte(at: offset + position) }
    return bytes
}

/// The byte at one position of ``patternBytes(count:from:)``.
package func patternByte(at position: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: position &* 31 &+ position >> 8 &* 17 &+ position >> 16)
}
