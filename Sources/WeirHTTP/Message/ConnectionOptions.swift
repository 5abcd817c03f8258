import NIOCore

/// What a message's Connection fields ask for (RFC 9110 §7.6.1).
///
/// An option may name a field that then ends at this hop. A field that matters end to end (Host, Authorization,
/// Cache-Control, X-Forwarded-For, a persona…) cannot be named away: that is everything Weir knows but the fields
/// of a connection. Such options are ignored.
package struct ConnectionOptions: Sendable {
    package private(set) var close = false
    package private(set) var keepAlive = false
    package private(set) var upgrade = false
    private var known: FieldNameSet = []
    /// Named fields that Weir does not know, in lower case.
    private var others: [[UInt8]] = []

    package init(_ fields: FieldSection) {
        for line in fields.lines where line.name == .connection {
            let range = fields.readableRange(line.valueRange)
            read(fields.storage.readableBytesUInt8Span.extracting(range))
        }
    }

    /// Whether an option names this line's field, so that it is not passed on.
    package func names(_ line: FieldLine, of section: FieldSection) -> Bool {
        guard line.name == .other else { return known.contains(line.name) }
        guard !others.isEmpty else { return false }
        let name = section.name(of: line)
        return others.contains { ASCII.equalIgnoringCase($0, name) }
    }

    /// Whether a field that Weir does not know ends here: upstream does not see it, so it must not tell answers apart.
    package static func nameFields(of section: FieldSection) -> Bool {
        guard section.contains(.connection) else { return false }
        let options = ConnectionOptions(section)
        guard !options.others.isEmpty else { return false }
        return section.lines.contains { $0.name == .other && options.names($0, of: section) }
    }

    private mutating func read(_ value: Span<UInt8>) {
        var index = 0
        while index < value.count {
            let end = value.endOfToken(from: index)
            if end > index { add(value.extracting(index..<end)) }
            // Whatever is no token separates options; there is nothing it could name.
            index = end + 1
        }
    }

    private mutating func add(_ option: Span<UInt8>) {
        if ASCII.equalIgnoringCase(option, "close") {
            close = true
            return
        }
        let name = FieldName.recognise(option)
        if name == .keepAlive { keepAlive = true }
        if name == .upgrade { upgrade = true }
        if name != .other {
            if HopByHop.names.contains(name) { known.insert(name) }
        } else if !RoutingFields.contains(option) {
            others.append(option.indices.map { ASCII.lowercased(option[$0]) })
        }
    }
}
