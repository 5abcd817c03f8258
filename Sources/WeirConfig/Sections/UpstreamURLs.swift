import WeirUpstream

extension Key<UpstreamDraft> {
    static let url = Key(
        name: "url",
        outline: { _ in
            Outline(
                name: "url",
                type: ValueType<UpstreamURL>.url.name,
                fallback: "required, or `urls`",
                summary: "`http://` or `https://`, a host, and where needed a port and a path that goes before every "
                    + "path."
            )
        },
        read: { node, draft, reading in
            if let url = reading.value(of: node, .url) { draft.settings.url = url }
        }
    )

    static let urls = Key(
        name: "urls",
        outline: { _ in
            Outline(
                name: "urls",
                type: "list of \(ValueType<UpstreamURL>.url.name)",
                fallback: "`url`",
                summary: "In place of `url`: several addresses, with one scheme and one path. A call goes to the one "
                    + "with the fewest under way.",
                shape: .list
            )
        },
        read: { node, draft, reading in
            var urls: [UpstreamURL] = []
            for item in reading.items(of: node) {
                guard let url = reading.value(of: item, .url) else { continue }
                if let problem = url.problem(beside: urls) { reading.report(problem, at: item.place) }
                urls.append(url)
            }
            if case .sequence(let items) = node.content, items.isEmpty {
                reading.report("expected at least one URL", at: node.place)
            }
            guard let first = urls.first else { return }
            draft.settings.url = first
            draft.settings.otherURLs = Array(urls.dropFirst())
        }
    )
}

extension UpstreamURL {
    /// Why it cannot stand behind these in one upstream: a call must be the same wherever it goes.
    fileprivate func problem(beside others: [UpstreamURL]) -> String? {
        guard let first = others.first else { return nil }
        if others.contains(self) { return "\(description) is given twice" }
        if scheme != first.scheme {
            return "all of 'urls' have one scheme: expected \(first.scheme.rawValue), found \(scheme.rawValue)"
        }
        if basePath != first.basePath {
            let expected = first.basePath.isEmpty ? "none" : "'\(first.basePath)'"
            return "all of 'urls' have one path: expected \(expected), found \(Node.quote(basePath))"
        }
        return nil
    }
}

extension Reading {
    /// Exactly one of `url` and `urls` is given.
    mutating func checkURLs(of upstream: Node) {
        guard case .mapping(let members) = upstream.content else { return }
        let given = members.filter {
            ["url", "urls"].contains($0.key) && (!$0.value.isUnset || isSpoiled($0.value))
        }
        if given.count > 1 {
            report("'url' and 'urls' cannot both be given", at: given[1].keyPlace)
        } else if given.isEmpty {
            report("missing 'url'", at: upstream.member("url")?.place ?? upstream.place)
        }
    }
}
