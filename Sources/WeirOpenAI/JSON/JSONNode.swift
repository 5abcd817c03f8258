/// One value, or one member's name, of a scanned JSON text: where it lies, and where the one after it is listed.
///
/// Nodes stand in the order of the text. An object's node is followed by name, value, name, value …; an array's by its
/// elements; `next` leads past everything that belongs to a node.
///
///     text   {"a":[1,2],"b":null}
///     nodes  0 {…}   1 "a"   2 […]   3 1   4 2   5 "b"   6 null
///     next   7       2       5       4     5     6       7
struct JSONNode: Sendable {
    enum Kind: UInt8, Sendable { case object, array, string, number, `true`, `false`, null }

    var kind: Kind
    /// A string that holds a backslash.
    var hasEscape = false
    /// A string or number whose canonical form is its bytes as they stand.
    var isCanonical = true
    /// The name of a member that stays out of the canonical form.
    var isLeftOut = false
    /// The first byte; of a string, its opening quote.
    var start: UInt32
    /// One past the last byte; of a string, past its closing quote.
    var end: UInt32
    /// The node after this one and everything in it. While a container is being scanned, the container around it.
    var next: UInt32

    var range: Range<Int> { Int(start)..<Int(end) }
}

extension Range<Int> {
    /// Between a string's quotes.
    var inside: Range<Int> { lowerBound + 1..<upperBound - 1 }
}
