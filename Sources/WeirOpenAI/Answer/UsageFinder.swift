package import NIOCore

/// Reads the usage and the model of an answer that is not streamed, while it passes: nothing else of it is kept, however
/// long it is.
package struct UsageFinder: Sendable {
    /// Bytes of one of the two; a longer one is not read.
    private static let maxValue = 16 << 10

    private var scanner = MemberScanner(["usage", "model"], isEvent: false)
    private var values = [ByteBuffer(), ByteBuffer()]
    private var current: Int?

    package init() {}

    package mutating func feed(_ chunk: ByteBuffer) {
        let bytes = chunk.readableBytesUInt8Span
        for index in bytes.indices {
            switch scanner.read(bytes[index]) {
            case .outside: break
            case .begins(let member):
                current = member
                values[member].clear()
            case .value:
                guard let current, values[current].readableBytes <= Self.maxValue else { break }
                values[current].writeInteger(bytes[index])
            }
        }
    }

    package var usage: Usage? { document(0).flatMap { Usage($0, JSONDocument.root) } }

    package var model: String? { document(1).flatMap { $0.string(JSONDocument.root) } }

    private func document(_ member: Int) -> JSONDocument? { try? JSONDocument(values[member]) }
}
