/// `course:{id}`: a tag with captures of the route's path in it.
package struct TagTemplate: Sendable, Equatable {
    private enum Piece: Sendable, Equatable {
        case text(String)
        case capture(String)
    }

    private let pieces: [Piece]

    package init(_ template: String) {
        var pieces: [Piece] = []
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            pieces.append(.capture(String(rest[rest.index(after: open)..<close])))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        self.pieces = pieces
    }

    package func fill(_ captures: [(name: String, value: String)]) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .capture(let name): captures.first { $0.name == name }?.value ?? ""
            }
        }.joined()
    }
}
