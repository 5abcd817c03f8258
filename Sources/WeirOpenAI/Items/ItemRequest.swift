package import NIOCore

/// A request to embeddings or moderations, by the items of its `input`: each is answered as if it had been asked for alone,
/// so each has an answer of its own in the cache.
///
///     "input": "a"              one item
///     "input": ["a", "b"]       two
///     "input": [1, 2, 3]        one, of tokens
///     "input": [[1, 2], [3]]    two, of tokens
///
/// Anything else, the parts of a multi-modal input among it, is one input that nobody takes apart.
package struct ItemRequest: Sendable {
    package struct Item: Sendable {
        /// A JSON text, as the request has it.
        package let text: ByteBuffer
        /// The same in its one form.
        package let canonical: ByteBuffer
        /// How many there are, of an item in tokens.
        fileprivate let given: Int?

        /// About how many tokens it is, at least one: exact where it is given in tokens.
        package var tokens: Int {
            if let given { return max(1, given) }
            var estimate = TokenEstimate()
            let bytes = text
            estimate.add(bytes.readableBytesUInt8Span, 1..<max(1, text.readableBytes - 1), hasEscapes: true)
            return max(1, estimate.tokens)
        }
    }

    /// As many as the API takes in a request; what has more stays whole.
    package static let maxItems = 2_048
    /// As many as the API takes in a request.
    package static let maxTokens = 300_000

    package let items: [Item]
    private let body: ByteBuffer
    /// Of `input`'s value in ``body``.
    private let input: Range<Int>
    /// The canonical form of the request but for `input`'s value, which stands at ``gap``.
    private let rest: ByteBuffer
    private let gap: Int

    /// The value of `input`, where it consists of items; nil where not, or where it is no part of the canonical form.
    static func input(of document: JSONDocument, endpoint: APIEndpoint) -> Int? {
        guard endpoint == .embeddings || endpoint == .moderations,
            let member = document.member("input", of: JSONDocument.root),
            !document.nodes[member.name].isLeftOut
        else { return nil }
        return (1...maxItems).contains(nodes(of: member.value, document, endpoint).count) ? member.value : nil
    }

    /// - Parameter rest: the canonical form without the value of `input`, which is missing at `gap`.
    init(_ document: JSONDocument, input: Int, endpoint: APIEndpoint, rest: ByteBuffer, gap: Int) {
        body = document.bytes
        self.input = document.range(input)
        self.rest = rest
        self.gap = gap
        items = Self.nodes(of: input, document, endpoint).map { node in
            let text = document.slice(node)
            guard document.kind(node) == .array else {
                let canonical = document.nodes[node].isCanonical ? text : CanonicalWriter.write(node, of: document)
                return Item(text: text, canonical: canonical ?? text, given: nil)
            }
            let canonical = CanonicalWriter.write(node, of: document)
            let count = document.elements(node).reduce(0) { count, _ in count + 1 }
            return Item(text: text, canonical: canonical ?? text, given: count)
        }
    }

    /// The items' values; none where it is something else.
    private static func nodes(of input: Int, _ document: JSONDocument, _ endpoint: APIEndpoint) -> [Int] {
        guard document.kind(input) == .array else { return document.kind(input) == .string ? [input] : [] }
        let elements = Array(document.elements(input))
        if elements.allSatisfy({ document.kind($0) == .string }) { return elements }
        guard endpoint == .embeddings else { return [] }
        if elements.allSatisfy({ document.kind($0) == .number }) { return [input] }
        let isOfTokens = elements.allSatisfy { element in
            document.kind(element) == .array && !document.isEmpty(element)
                && document.elements(element).allSatisfy { document.kind($0) == .number }
        }
        return isOfTokens ? elements : []
    }

    // MARK: Requests for some of them

    /// The canonical form of the request for this item alone.
    package func canonical(of item: Int) -> ByteBuffer { canonical(around: [items[item].canonical], isList: false) }

    /// The body of a request for these items: the client's own in every other byte, and in all where they are all.
    package func body(of chosen: [Int]) -> ByteBuffer {
        guard !chosen.elementsEqual(items.indices) else { return body }
        let texts = chosen.map { items[$0].text }
        return Self.write(before: slice(body, 0..<input.lowerBound), texts, isList: true, behind: tail)
    }

    /// The body of a request for items of several requests of one ``shape``. It says nothing of who asks.
    package func body(ofSeveral texts: [ByteBuffer]) -> ByteBuffer { canonical(around: texts, isList: true) }

    /// What requests have in common whose items one request can ask for. Texts and tokens go into no list together.
    package var shape: (rest: ByteBuffer, isOfTokens: Bool) { (rest, items.first?.given != nil) }

    private var tail: ByteBuffer { slice(body, input.upperBound..<body.readableBytes) }

    private func canonical(around texts: [ByteBuffer], isList: Bool) -> ByteBuffer {
        let behind = slice(rest, gap..<rest.readableBytes)
        return Self.write(before: slice(rest, 0..<gap), texts, isList: isList, behind: behind)
    }

    private func slice(_ buffer: ByteBuffer, _ range: Range<Int>) -> ByteBuffer {
        buffer.getSlice(at: buffer.readerIndex + range.lowerBound, length: range.count) ?? ByteBuffer()
    }

    private static func write(before: ByteBuffer, _ texts: [ByteBuffer], isList: Bool, behind: ByteBuffer) -> ByteBuffer
    {
        let length = texts.reduce(2) { $0 + $1.readableBytes + 1 }
        var output = ByteBufferAllocator().buffer(capacity: before.readableBytes + length + behind.readableBytes)
        output.writeImmutableBuffer(before)
        if isList { output.writeInteger(UInt8(ascii: "[")) }
        for (index, text) in texts.enumerated() {
            if index > 0 { output.writeInteger(UInt8(ascii: ",")) }
            output.writeImmutableBuffer(text)
        }
        if isList { output.writeInteger(UInt8(ascii: "]")) }
        output.writeImmutableBuffer(behind)
        return output
    }
}
