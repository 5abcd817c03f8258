import NIOCore

/// Members of a request that change nothing of what is answered, and that an answer may repeat: everybody who shares it
/// has others.
///
/// What is stored and shared holds none of them (``neutral``), and whoever gets it has his own put in: so he gets what the
/// provider would have given him.
package struct EchoedMembers: Sendable, Equatable {
    struct Member: Sendable, Equatable {
        let name: String
        /// A JSON text on one line, as an event needs it.
        let value: ByteBuffer
    }

    package static let names = [
        "user", "safety_identifier", "metadata", "prompt_cache_key", "prompt_cache_retention",
    ]
    /// Bytes of all values. The API's own bounds are lower; without one a short request could have much repeated to it.
    package static let maxBytes = 64 << 10

    private(set) var members: [Member] = []

    package init() {}

    package var isEmpty: Bool { members.isEmpty }

    var isOverflowing: Bool { members.reduce(0) { $0 + $1.value.readableBytes } > Self.maxBytes }

    /// What the API repeats to who has sent none of them.
    package var neutral: EchoedMembers {
        var neutral = EchoedMembers()
        neutral.members = members.map { member in
            Member(name: member.name, value: ByteBuffer(string: member.name == "metadata" ? "{}" : "null"))
        }
        return neutral
    }

    /// - Returns: whether the member is one of these; `null` is as good as none.
    mutating func take(_ member: JSONMembers.Element, of document: JSONDocument) -> Bool {
        guard let name = Self.names.first(where: { document.isNamed(member.name, $0) }) else { return false }
        if !document.isNull(member.value) {
            members.append(Member(name: name, value: Self.onOneLine(document.slice(member.value))))
        }
        return true
    }

    /// Whether an answer, or an event of one, has any of them.
    static func stand(in document: JSONDocument) -> Bool {
        let root = JSONDocument.root
        return ([root] + (document.value("response", of: root).map { [$0] } ?? [])).contains { object in
            document.members(object).contains { member in names.contains { document.isNamed(member.name, $0) } }
        }
    }

    /// JSON has line breaks between tokens alone, where they mean nothing.
    private static func onOneLine(_ text: ByteBuffer) -> ByteBuffer {
        let isBreak: (UInt8) -> Bool = { $0 == 0x0A || $0 == 0x0D }
        return ByteBuffer(bytes: text.readableBytesView.filter { !isBreak($0) })
    }
}
