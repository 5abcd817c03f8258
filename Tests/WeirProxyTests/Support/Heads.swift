import NIOCore
import WeirHTTP

/// Heads as the wire gives them, for tests of what is decided by them.
func requestHead(_ method: String = "GET", _ target: String = "/", _ fields: (String, String)...) throws -> RequestHead
{
    try requestHead(method, target, version: "1.1", fields)
}

func requestHead(
    _ method: String = "GET",
    _ target: String = "/",
    version: String,
    _ fields: [(String, String)] = []
) throws -> RequestHead {
    var text = "\(method) \(target) HTTP/\(version)\r\n"
    if !fields.contains(where: { $0.0 == "Host" }) { text += "Host: weir.test\r\n" }
    for (name, value) in fields { text += "\(name): \(value)\r\n" }
    var buffer = ByteBuffer(string: text + "\r\n")
    var decoder = RequestDecoder()
    guard case .head(let head)? = try decoder.decode(&buffer) else { preconditionFailure("Cannot read the head") }
    return head
}

func fieldSection(_ fields: (String, String)...) -> FieldSection {
    var section = FieldSection()
    for (name, value) in fields { section.append(named: name, value) }
    return section
}

extension FieldSection {
    /// `Name: value` of each line, in order.
    var text: [String] {
        lines.map {
            "\(String(decoding: self.name(of: $0), as: UTF8.self)): \(String(decoding: self.value(of: $0), as: UTF8.self))"
        }
    }
}
