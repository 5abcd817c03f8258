/// Every key of `proxy.conf`, for its reference and for the checks that nothing is left out of it.
package enum Reference {
    package struct Row: Sendable, Equatable {
        /// `upstreams.NAME.pool.max`, `routes[].cache.ttl`.
        package var path: String
        package var type: String
        /// Unit and range; empty for what has none.
        package var measure: String
        /// Empty for a mapping.
        package var fallback: String
        package var summary: String
    }

    /// In the order of the sections. What stands below a breaker's service is described once, at the breaker.
    package static var rows: [Row] {
        rows(of: Section<Draft>.root.outlines(Draft()), at: "")
    }

    /// Keys of the contract that this version refuses, by their paths.
    package static var later: [String] {
        let root = Section<Draft>.root
        return (root.later + later(below: root.outlines(Draft()), at: "")).sorted()
    }

    /// The table of `docs/CONFIGURATION.md`.
    package static var markdown: String {
        let heading = "| key | type | unit, range | default | meaning |\n|---|---|---|---|---|\n"
        return heading
            + rows.map { row in
                "| `\(row.path)` | \(row.type) | \(row.measure) | \(row.fallback) | \(row.summary) |\n"
            }.joined()
    }

    private static func rows(of outlines: [Outline], at prefix: String) -> [Row] {
        outlines.flatMap { outline in
            let path = prefix + outline.name
            let row = Row(
                path: path,
                type: outline.type,
                measure: outline.measure,
                fallback: outline.fallback,
                summary: outline.summary
            )
            return switch outline.shape {
            case .scalar, .list, .choices: [row]
            case .values: [row]
            case .section(let outlines, _), .shorthand(_, let outlines): [row] + rows(of: outlines, at: path + ".")
            case .named(let outlines, _): [row] + rows(of: outlines, at: path + ".NAME.")
            case .elements(let outlines, _), .listOrElements(let outlines, _):
                [row] + rows(of: outlines, at: path + "[].")
            }
        }
    }

    private static func later(below outlines: [Outline], at prefix: String) -> [String] {
        outlines.flatMap { outline -> [String] in
            let path = prefix + outline.name
            switch outline.shape {
            case .scalar, .list, .choices, .values:
                return []
            case .section(let outlines, let names):
                return names.map { "\(path).\($0)" } + later(below: outlines, at: path + ".")
            case .shorthand(_, let outlines):
                return later(below: outlines, at: path + ".")
            case .named(let outlines, let names):
                return names.map { "\(path).NAME.\($0)" } + later(below: outlines, at: path + ".NAME.")
            case .elements(let outlines, let names), .listOrElements(let outlines, let names):
                return names.map { "\(path)[].\($0)" } + later(below: outlines, at: path + "[].")
            }
        }
    }
}
