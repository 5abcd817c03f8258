import CHiredis
import NIOCore
import Testing

@testable import WeirRedis

@Suite("Commands on the wire")
struct CommandWriterTests {
    @Test("are what hiredis makes of them", arguments: [0, 1, 31, CommandWriter.largeArgument, 100_000])
    func sameBytes(size: Int) {
        let binary = ByteBuffer(bytes: (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        for arguments in [[], ["key"], ["", "\r\n"], [binary], ["key", binary, "PX", "5000"], [binary, binary]] {
            let command = RedisCommand("SET", arguments)
            var writer = CommandWriter()
            writer.append(command)
            writer.append(command)
            let expected = Self.formatted(command)
            #expect(writer.taken() == expected + expected)
            #expect(writer.isEmpty)
            #expect(CommandWriter.size(of: command) >= expected.count)
        }
    }

    @Test("do not copy what is large")
    func pieces() {
        let large = ByteBuffer(repeating: 1, count: CommandWriter.largeArgument)
        var writer = CommandWriter()
        writer.append(RedisCommand("SET", ["key", large, "NX"]))
        var sizes: [Int] = []
        writer.take { sizes.append($0.readableBytes) }
        #expect(sizes == [30, CommandWriter.largeArgument, 10])
    }

    private static func formatted(_ command: RedisCommand) -> [UInt8] {
        let words = [ByteBuffer(string: command.name)] + command.arguments
        // One behind the other, so that one address gives all of them; alive to the end of the closure.
        let bytes = words.flatMap { $0.readableBytesView }.map { CChar(bitPattern: $0) } + [0]
        return unsafe bytes.withUnsafeBufferPointer { bytes in
            var pointers: [UnsafePointer<CChar>?] = unsafe []
            var offset = 0
            for word in words {
                unsafe pointers.append(bytes.baseAddress.map { unsafe $0 + offset })
                offset += word.readableBytes
            }
            var target: UnsafeMutablePointer<CChar>?
            let lengths = words.map(\.readableBytes)
            let count = unsafe redisFormatCommandArgv(&target, Int32(words.count), &pointers, lengths)
            // hiredis' own memory, `count` bytes of it, freed once.
            defer { unsafe redisFreeCommand(target) }
            return unsafe Array(UnsafeRawBufferPointer(start: target, count: Int(count)))
        }
    }
}

extension CommandWriter {
    fileprivate mutating func taken() -> [UInt8] {
        var bytes: [UInt8] = []
        take { bytes += $0.readableBytesView }
        return bytes
    }
}
