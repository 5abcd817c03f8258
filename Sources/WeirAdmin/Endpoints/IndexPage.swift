import HTTPTypes

/// `/`: what there is to ask for.
enum IndexPage {
    static func render(_ endpoints: [Endpoint], version: String) -> String {
        let items = endpoints.map { endpoint in
            let path = escaped(endpoint.path)
            let name = endpoint.method == .get ? "<a href=\"\(path)\">\(path)</a>" : path
            return "<li><code>\(endpoint.method.rawValue) \(name)</code>: \(escaped(endpoint.summary))</li>"
        }
        return """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>Weir</title></head>
            <body>
            <h1>Weir \(escaped(version))</h1>
            <ul>
            \(items.joined(separator: "\n"))
            </ul>
            </body>
            </html>

            """
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
