import NIOCore
import WeirHTTP

extension StoredResponse {
    /// Bytes it takes in the store: its own, and its share of the slab, the index, the tag index and the ghosts,
    /// with room for how these grow. A body counts with all the memory it holds on to.
    var size: Int {
        var size = Self.overhead + path.utf8.count
        for representation in representations {
            size += representation.size - representation.body.readableBytes + representation.body.storageCapacity
        }
        size += fields.storage.storageCapacity + fields.lines.count * Self.fieldLineSize
        for tag in tags { size += tag.utf8.count + Self.tagOverhead }
        for name in selection.names { size += name.utf8.count + Self.selectionOverhead }
        for value in selection.values { size += value?.count ?? 0 }
        return size
    }

    /// Bytes of its largest body.
    package var largestBody: Int { representations.reduce(0) { max($0, $1.body.readableBytes) } }

    private static var overhead: Int { 640 }
    private static var fieldLineSize: Int { 16 }
    private static var tagOverhead: Int { 160 }
    private static var selectionOverhead: Int { 96 }
}
