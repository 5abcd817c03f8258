/// Where one field line lies in its section's storage, as indices of that buffer.
package struct FieldLine: Sendable, Equatable {
    package var name: FieldName
    package var nameLength: UInt16
    package var nameStart: UInt32
    package var valueStart: UInt32
    /// Without the white space around it.
    package var valueLength: UInt32

    package init(name: FieldName, nameStart: UInt32, nameLength: UInt16, valueStart: UInt32, valueLength: UInt32) {
        self.name = name
        self.nameStart = nameStart
        self.nameLength = nameLength
        self.valueStart = valueStart
        self.valueLength = valueLength
    }

    var nameRange: Range<Int> { Int(nameStart)..<(Int(nameStart) + Int(nameLength)) }
    var valueRange: Range<Int> { Int(valueStart)..<(Int(valueStart) + Int(valueLength)) }
}
