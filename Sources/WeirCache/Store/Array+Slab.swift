extension Array {
    /// Appends; where there is no room, makes room for a quarter more: doubling would leave half of a slab unused.
    mutating func appendToSlab(_ element: Element) {
        if count == capacity { reserveCapacity(count + count / 4 + 8) }
        append(element)
    }
}
