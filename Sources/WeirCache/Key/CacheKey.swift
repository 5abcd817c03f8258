/// SHA-256 over everything that decides an answer: collision-resistant, since its parts are chosen by users.
package struct CacheKey: Sendable, Hashable {
    package let word0, word1, word2, word3: UInt64

    package init(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
        self.word0 = word0
        self.word1 = word1
        self.word2 = word2
        self.word3 = word3
    }

    /// The digest is uniform already: any of its words is as good a hash as can be had.
    package func hash(into hasher: inout Hasher) { hasher.combine(word0) }
}
