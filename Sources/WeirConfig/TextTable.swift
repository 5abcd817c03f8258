/// Columns for people's eyes.
package enum TextTable {
    /// A heading and a line for each row, in aligned columns; columns that would be empty are left out. No line ends in a
    /// space; the last ends in a line break.
    /// - Parameter columns: each with as many cells.
    package static func render(_ columns: [(heading: String, cells: [String])]) -> String {
        let shown = columns.filter { $0.cells.contains { !$0.isEmpty } }
        let widths = shown.map { column in ([column.heading] + column.cells).map(\.count).max() ?? 0 }
        let rows = columns.first?.cells.indices ?? 0..<0
        let lines = [shown.map(\.heading)] + rows.map { row in shown.map { $0.cells[row] } }
        return lines.map { cells in
            var line = ""
            for (cell, width) in zip(cells, widths) {
                line += cell + String(repeating: " ", count: width - cell.count + 2)
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
