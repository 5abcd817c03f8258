import NIOCore
import Testing

@testable import WeirCache

@Suite("Chunk log")
struct ChunkLogTests {
    @Test("pieces keep their numbers when earlier ones are trimmed")
    func trim() {
        var log = ChunkLog()
        for text in ["a", "bb", "ccc"] { log.append(ByteBuffer(string: text)) }
        #expect((log.firstIndex, log.endIndex, log.end) == (0, 3, 6))
        log.trim(before: 2)
        #expect((log.firstIndex, log.endIndex, log.end) == (2, 3, 6))
        #expect(String(buffer: log[2]) == "ccc")
        log.trim(before: 1)
        #expect(log.firstIndex == 2)
        log.trim(before: 10)
        #expect((log.firstIndex, log.endIndex, log.held) == (3, 3, 0))
    }

    @Test("a small slice does not keep the buffer it was cut from")
    func slices() {
        var log = ChunkLog()
        var read = body(64 << 10)
        let slice = read.readSlice(length: 100)!
        log.append(slice)
        #expect(log[0] == slice)
        #expect(log[0].storageCapacity < 1024)
        log.append(read)
        #expect(log[1].storageCapacity == read.storageCapacity)
    }
}
