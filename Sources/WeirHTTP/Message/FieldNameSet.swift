/// A set of known field names, as bits: there is room for 128.
package struct FieldNameSet: Sendable, Equatable, ExpressibleByArrayLiteral {
    private var bits: UInt128

    package init(arrayLiteral elements: FieldName...) {
        bits = 0
        for name in elements { insert(name) }
    }

    package mutating func insert(_ name: FieldName) { bits |= 1 &<< UInt128(name.rawValue) }
    package mutating func remove(_ name: FieldName) { bits &= ~(1 &<< UInt128(name.rawValue)) }
    package mutating func formUnion(_ other: FieldNameSet) { bits |= other.bits }
    package func union(_ other: FieldNameSet) -> FieldNameSet {
        var both = self
        both.formUnion(other)
        return both
    }

    @inline(__always)
    package func contains(_ name: FieldName) -> Bool { bits &>> UInt128(name.rawValue) & 1 == 1 }
}
