package import NIOCore

/// A JSON text, or one value within it, for rooms that read JSON of their own: looked at where it lies, and had as the bytes
/// that stand there.
package struct JSONText: Sendable {
    package enum Kind: Sendable { case object, array, string, number, boolean, null }

    private let document: JSONDocument
    private let node: Int

    /// - Returns: nil where the bytes are no JSON text (RFC 8259) of valid UTF-8, or are nested too deep.
    package init?(_ bytes: ByteBuffer) {
        guard let document = try? JSONDocument(bytes) else { return nil }
        self.init(document, JSONDocument.root)
    }

    private init(_ document: JSONDocument, _ node: Int) {
        self.document = document
        self.node = node
    }

    package var kind: Kind {
        switch document.kind(node) {
        case .object: .object
        case .array: .array
        case .string: .string
        case .number: .number
        case .true, .false: .boolean
        case .null: .null
        }
    }

    /// The bytes as they stand.
    package var bytes: ByteBuffer { document.slice(node) }

    /// A string's text; nil for other kinds, and where it holds a surrogate without its partner.
    package var string: String? { document.string(node) }

    /// An object's members in their order, also those that are repeated. A name that is no text is empty.
    package var members: [(name: String, value: JSONText)] {
        document.members(node).map { (document.string($0.name) ?? "", JSONText(document, $0.value)) }
    }

    /// The value of the first member of this name.
    package subscript(_ name: String) -> JSONText? {
        document.member(name, of: node).map { JSONText(document, $0.value) }
    }
}
