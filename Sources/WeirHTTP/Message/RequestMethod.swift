/// A request method (RFC 9110 §9). Others are allowed through by their bytes.
package enum RequestMethod: UInt8, Sendable {
    case get, head, post, put, patch, delete, options, trace, connect, other

    /// Methods are case-sensitive.
    package init(_ name: some Collection<UInt8>) {
        self =
            switch name.count {
            case 3 where name.elementsEqual("GET".utf8): .get
            case 3 where name.elementsEqual("PUT".utf8): .put
            case 4 where name.elementsEqual("HEAD".utf8): .head
            case 4 where name.elementsEqual("POST".utf8): .post
            case 5 where name.elementsEqual("PATCH".utf8): .patch
            case 5 where name.elementsEqual("TRACE".utf8): .trace
            case 6 where name.elementsEqual("DELETE".utf8): .delete
            case 7 where name.elementsEqual("OPTIONS".utf8): .options
            case 7 where name.elementsEqual("CONNECT".utf8): .connect
            default: .other
            }
    }

    package init(_ name: Span<UInt8>) {
        self =
            switch name.count {
            case 3 where name.spells("GET"): .get
            case 4 where name.spells("POST"): .post
            case 4 where name.spells("HEAD"): .head
            case 3 where name.spells("PUT"): .put
            case 6 where name.spells("DELETE"): .delete
            case 5 where name.spells("PATCH"): .patch
            case 7 where name.spells("OPTIONS"): .options
            case 5 where name.spells("TRACE"): .trace
            case 7 where name.spells("CONNECT"): .connect
            default: .other
            }
    }

    /// RFC 9110 §9.2.1.
    package var isSafe: Bool {
        switch self {
        case .get, .head, .options, .trace: true
        case .post, .put, .patch, .delete, .connect, .other: false
        }
    }

    /// RFC 9110 §9.2.2.
    package var isIdempotent: Bool {
        switch self {
        case .get, .head, .options, .trace, .put, .delete: true
        case .post, .patch, .connect, .other: false
        }
    }
}
