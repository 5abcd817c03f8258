package import NIOCore
import WeirHTTP

/// A request as a warming list has it: with what is in its key, and without anything that says who its sender is to the
/// upstream.
package struct PopularRequest: Sendable, Equatable {
    let method: String
    /// With the query.
    let path: String
    let isSecure: Bool
    let fields: [WarmTerms.Field]
    let body: ByteBuffer?

    /// Bytes that it holds, about.
    var size: Int {
        path.utf8.count + (body?.readableBytes ?? 0)
            + fields.reduce(128) { sum, field in
                sum + field.name.utf8.count + field.value.utf8.count + 64
            }
    }

    var section: FieldSection {
        var section = FieldSection()
        for field in fields { section.append(named: field.name, field.value) }
        return section
    }

    /// The line of a warming list, with its end.
    package var line: ByteBuffer {
        var line = ByteBuffer(string: "{\"method\": \"\(method)\", \"path\": ")
        Self.write(path, into: &line)
        line.writeString(", \"scheme\": \"\(isSecure ? "https" : "http")\", \"headers\": {")
        for (index, field) in fields.enumerated() {
            if index > 0 { line.writeStaticString(", ") }
            Self.write(field.name, into: &line)
            line.writeStaticString(": ")
            Self.write(field.value, into: &line)
        }
        line.writeStaticString("}")
        if let body {
            line.writeStaticString(", \"body\": ")
            // Between the values of a JSON text line breaks are white space as any other, and within them there are none.
            line.writeBytes(body.readableBytesView.map { $0 == 0x0A || $0 == 0x0D ? ASCII.space : $0 })
        }
        line.writeStaticString("}\n")
        return line
    }

    /// As a JSON string (RFC 8259 §7).
    private static func write(_ text: String, into buffer: inout ByteBuffer) {
        buffer.writeInteger(ASCII.quote)
        for byte in text.utf8 {
            switch byte {
            case ASCII.quote, ASCII.backslash:
                buffer.writeInteger(ASCII.backslash)
                buffer.writeInteger(byte)
            // Of control characters a field may hold this one alone.
            case ASCII.tab: buffer.writeStaticString("\\t")
            default: buffer.writeInteger(byte)
            }
        }
        buffer.writeInteger(ASCII.quote)
    }
}
