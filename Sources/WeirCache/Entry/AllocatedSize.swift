/// What blocks of memory take, by the rules of glibc's allocator: a header of eight bytes before each, and sizes in steps
/// of sixteen.
enum AllocatedSize {
    static func block(_ bytes: Int) -> Int { max(32, (bytes + 8 + 15) & ~15) }

    /// An object of Swift's with so many bytes of its own.
    static func object(_ bytes: Int) -> Int { block(16 + bytes) }

    static func array<Element>(of: Element.Type, _ count: Int) -> Int {
        count == 0 ? 0 : object(16 + MemoryLayout<Element>.stride * count)
    }

    /// Up to fifteen bytes a string needs no block.
    static func string(_ utf8Count: Int) -> Int { utf8Count <= 15 ? 0 : object(16 + utf8Count + 1) }

    /// With all the memory that it holds on to.
    static func buffer(capacity: Int) -> Int { capacity == 0 ? 0 : object(48) + block(capacity) }
}
