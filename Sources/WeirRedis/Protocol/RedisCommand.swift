package import NIOCore

/// A command's name and its arguments, which may hold any bytes.
///
///     RedisCommand("SET", [key, value, ByteBuffer(string: "PX"), ByteBuffer(string: "5000")])
package struct RedisCommand: Sendable, Equatable {
    package var name: String
    package var arguments: [ByteBuffer]
    /// Which argument is the key, from 0: by its slot a cluster's node is chosen. nil where it has none: any node.
    package var keyIndex: Int?

    package init(_ name: String, _ arguments: [ByteBuffer] = [], keyIndex: Int? = 0) {
        self.name = name
        self.arguments = arguments
        self.keyIndex = keyIndex
    }

    /// Without a key, and with arguments that are text.
    init(_ name: String, text arguments: String...) {
        self.init(name, arguments.map { ByteBuffer(string: $0) }, keyIndex: nil)
    }

    package var key: ByteBuffer? {
        guard let keyIndex, arguments.indices.contains(keyIndex) else { return nil }
        return arguments[keyIndex]
    }
}
