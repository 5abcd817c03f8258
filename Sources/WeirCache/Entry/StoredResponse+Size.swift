import NIOCore
import WeirHTTP

extension StoredResponse {
    /// Bytes it takes in the store: its own, and its share of the slab, the index, the tag index and the ghosts, at the
    /// most that these have room to spare.
    var size: Int {
        var size = Self.overhead + AllocatedSize.block(byteCount)
        for body in largeBodies { size += AllocatedSize.buffer(capacity: body.storageCapacity) }
        if hasFurther {
            size += Self.further + AllocatedSize.array(of: ByteBuffer.self, largeBodies.count)
            size += AllocatedSize.array(of: PackedRepresentation.self, furtherCount)
        }
        return size + tagCount * Self.tagOverhead + selection.allocatedSize
    }

    /// Bytes of its largest body.
    package var largestBody: Int { representations.reduce(0) { max($0, $1.bodyLength) } }

    /// The object, a slot of the slab with a quarter to spare, one of the index when it is about to shrink, and its part of a
    /// ghost.
    private static var overhead: Int { AllocatedSize.object(136) + slab(40) + indexSlot + 4 }
    private static var further: Int { AllocatedSize.object(24) }
    /// A slot of the tag index, and its part of a group that is as small as can be: that one's slot of the slab and of its
    /// index, and two arrays.
    private static var tagOverhead: Int {
        indexSlot + (slab(40) + indexSlot + AllocatedSize.object(48) + AllocatedSize.object(16)) / TagIndex.minGrouped
    }
    /// Eight bytes where half of the slots are taken, and a part of the table's part.
    private static var indexSlot: Int { 17 }

    private static func slab(_ bytes: Int) -> Int { bytes + bytes / 4 }
}

extension VarySelection {
    fileprivate var allocatedSize: Int {
        var size = AllocatedSize.array(of: (String, FieldName, [UInt8]?).self, names.count)
        for name in names { size += AllocatedSize.string(name.utf8.count) }
        for value in values { size += AllocatedSize.array(of: UInt8.self, value?.count ?? 0) }
        return size
    }
}
