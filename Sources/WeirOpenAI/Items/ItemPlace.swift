package import NIOCore

/// Where in an answer with one item that item lies, and what changes when it becomes one of several. Bytes from the body's
/// first.
///
///     {"object":"list","data":[{"object":"embedding","index":0,"embedding":[…]}],"model":"m","usage":{…}}
///                              └──────────── item ───index────────────────────┘                      usage
package struct ItemPlace: Sendable, Equatable {
    package var item: Range<Int>
    /// The value of its `index`; nil where it has none, as moderations have not.
    package var index: Range<Int>?
    /// The value of the answer's `usage`; nil where it has none.
    package var usage: Range<Int>?

    init(item: Range<Int>, index: Range<Int>?, usage: Range<Int>?) {
        self.item = item
        self.index = index
        self.usage = usage
    }

    /// - Returns: nil where the body is not an answer with one item.
    package static func find(in body: ByteBuffer, endpoint: APIEndpoint) -> ItemPlace? {
        guard let document = try? JSONDocument(body) else { return nil }
        return find(in: document, endpoint: endpoint)
    }

    static func find(in document: JSONDocument, endpoint: APIEndpoint) -> ItemPlace? {
        guard let name = endpoint.itemsName, let list = document.value(name, of: JSONDocument.root) else { return nil }
        var items = document.elements(list)
        guard let item = items.next(), items.next() == nil else { return nil }
        return ItemPlace(
            item: document.range(item),
            index: document.value("index", of: item).map(document.range),
            usage: document.value("usage", of: JSONDocument.root).map(document.range)
        )
    }

    /// Whether it is of a body of so many bytes: what was kept beside one may have come from elsewhere.
    func fits(_ length: Int) -> Bool {
        guard item.upperBound <= length, usage?.upperBound ?? 0 <= length else { return false }
        if let index, index.lowerBound < item.lowerBound || index.upperBound > item.upperBound { return false }
        guard let usage else { return true }
        return usage.upperBound <= item.lowerBound || usage.lowerBound >= item.upperBound
    }
}

extension APIEndpoint {
    /// The member of an answer that holds an item for each of the request's; nil where answers have none.
    var itemsName: String? {
        switch self {
        case .embeddings: "data"
        case .moderations: "results"
        case .chatCompletions, .completions, .responses, .fineTuning, .models, .other: nil
        }
    }

    /// The member without which an item is none.
    var itemMember: String? {
        switch self {
        case .embeddings: "embedding"
        case .moderations: "categories"
        case .chatCompletions, .completions, .responses, .fineTuning, .models, .other: nil
        }
    }
}
