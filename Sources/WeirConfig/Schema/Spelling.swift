/// Finds what a misspelt name was meant to be.
enum Spelling {
    /// The nearest of `names`, where one is near: a slip for every three letters, at least one and at most three.
    /// Of several as near, the first in the alphabet.
    static func nearest(to name: String, among names: some Sequence<String>) -> String? {
        let word = Array(name.lowercased().unicodeScalars.prefix(128))
        let limit = min(3, max(1, word.count / 3))
        return names.map { (distance: distance(word, Array($0.lowercased().unicodeScalars)), name: $0) }
            .filter { $0.distance <= limit }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?
            .name
    }

    /// Insertions, deletions, substitutions and swaps of neighbours that make one of the other (Damerau-Levenshtein,
    /// in the variant that edits no part twice).
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for i in 1...left.count {
            var row = [i]
            for j in 1...right.count {
                let substitution = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)
                var best = min(last[j] + 1, row[j - 1] + 1, substitution)
                if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
                    best = min(best, beforeLast[j - 2] + 1)
                }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[right.count]
    }
}
