import NIOCore

/// Commands as RESP2 has them: an array of bulk strings.
///
///     *2\r\n$3\r\nGET\r\n$5\r\nkey:1\r\n
///
/// They are written straight into the buffer that goes to the socket. hiredis' `redisFormatCommandArgv` gives the same
/// bytes in memory of its own, which would have to be copied from there.
struct CommandWriter {
    /// Arguments from this size on are sent from where they lie; below it a copy is cheaper than a piece of its own.
    static let largeArgument = 32 << 10

    private var output = ByteBuffer()
    /// Written before `output`, in order.
    private var pieces: [ByteBuffer] = []

    var isEmpty: Bool { output.readableBytes == 0 && pieces.isEmpty }

    mutating func append(_ command: RedisCommand) {
        output.writeString("*\(command.arguments.count + 1)\r\n$\(command.name.utf8.count)\r\n")
        output.writeString(command.name)
        for argument in command.arguments {
            output.writeString("\r\n$\(argument.readableBytes)\r\n")
            if argument.readableBytes < Self.largeArgument {
                output.writeImmutableBuffer(argument)
            } else {
                pieces.append(output)
                pieces.append(argument)
                output = ByteBuffer()
            }
        }
        output.writeStaticString("\r\n")
    }

    /// Takes all that was appended since the last time.
    mutating func take(_ write: (ByteBuffer) -> Void) {
        for piece in pieces { write(piece) }
        pieces.removeAll()
        if output.readableBytes > 0 { write(output) }
        output = ByteBuffer()
    }

    /// What a command takes on the wire, rounded up.
    static func size(of command: RedisCommand) -> Int {
        command.arguments.reduce(command.name.utf8.count + 32) { $0 + $1.readableBytes + 16 }
    }
}
