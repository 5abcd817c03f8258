package import NIOCore

/// Makes the prompts of a request shorter, as its route says, without a change of what they mean. Everything else of the body
/// stays as it is, byte by byte.
///
/// | endpoint | prompts |
/// |---|---|
/// | chat completions | of each message `content`, or the `text` of its parts |
/// | responses | `instructions`, `input`, and of each of its items `content`, the `text` of its parts, and `output` |
/// | completions | `prompt` |
///
/// Inputs of embeddings and moderations are not prompts: what is looked for in them is their very text.
package struct PromptEconomy: Sendable {
    package struct Thrift: Sendable {
        package let body: ByteBuffer
        /// About how many tokens less it is; see ``TokenEstimate``.
        package let savedTokens: Int
    }

    private let minifiesJSON: Bool
    private let replacements: [(find: [UInt8], with: [UInt8])]

    package init(_ settings: PromptEconomySettings) {
        minifiesJSON = settings.minifiesJSON
        replacements = settings.replacements.map { (Array($0.find.utf8), Array($0.with.utf8)) }
    }

    /// - Returns: nil where nothing is to be changed, or it cannot be read.
    package func apply(to body: ByteBuffer, endpoint: APIEndpoint) -> Thrift? {
        guard let document = try? JSONDocument(body) else { return nil }
        var output = ByteBuffer()
        var copied = 0
        var saved = 0
        for node in PromptTexts.nodes(of: document, endpoint) {
            guard let text = document.string(node) else { continue }
            let former = Array(text.utf8)
            let shorter = shorten(former)
            guard shorter != former else { continue }
            let range = document.range(node)
            output.writeImmutableBuffer(document.slice(copied..<range.lowerBound))
            JSONString.write(shorter.span, into: &output)
            copied = range.upperBound
            saved += Self.tokens(of: former) - Self.tokens(of: shorter)
        }
        guard copied > 0 else { return nil }
        output.writeImmutableBuffer(document.slice(copied..<document.bytes.readableBytes))
        return Thrift(body: output, savedTokens: max(0, saved))
    }

    private func shorten(_ text: [UInt8]) -> [UInt8] {
        let replaced = replacements.reduce(text) { Self.replace($1.find, by: $1.with, in: $0) }
        return minifiesJSON ? EmbeddedJSON.minified(replaced) : replaced
    }

    private static func replace(_ find: [UInt8], by with: [UInt8], in text: [UInt8]) -> [UInt8] {
        guard let first = find.first else { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            if text[index] == first, text[index...].starts(with: find) {
                result += with
                index += find.count
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    private static func tokens(of text: [UInt8]) -> Int {
        var estimate = TokenEstimate()
        estimate.add(text.span)
        return estimate.tokens
    }
}
