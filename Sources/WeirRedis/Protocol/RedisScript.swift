import COpenSSL
import NIOCore

/// A Lua script that runs in the server, all of it or nothing of it seen by others. Sent by its digest; a server that
/// does not know it yet is sent the text, once.
package struct RedisScript: Sendable, Equatable {
    package let text: String
    /// SHA-1 in lower-case hexadecimal: the name that Redis gives it.
    package let digest: String

    package init(_ text: String) {
        self.text = text
        var bytes = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
        let input = Array(text.utf8)
        unsafe input.withUnsafeBufferPointer { input in
            unsafe bytes.withUnsafeMutableBufferPointer { output in
                // Reads `count` bytes, none where there is no address, and writes SHA_DIGEST_LENGTH: as many as there are.
                _ = unsafe SHA1(input.baseAddress, input.count, output.baseAddress)
            }
        }
        let digits = Array("0123456789abcdef".utf8)
        digest = String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// - Parameter isKnown: the server is taken to have the text already.
    func command(isKnown: Bool, keys: [ByteBuffer], arguments: [ByteBuffer]) -> RedisCommand {
        let script = ByteBuffer(string: isKnown ? digest : text)
        let all = [script, ByteBuffer(string: String(keys.count))] + keys + arguments
        return RedisCommand(isKnown ? "EVALSHA" : "EVAL", all, keyIndex: keys.isEmpty ? nil : 2)
    }
}
