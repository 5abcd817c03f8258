import WeirProxy

/// One entry of `listen` while it is read.
struct ListenerDraft: Sendable {
    var address = ListenAddress(host: "127.0.0.1", port: 8080)
    var tls: TLSSettings?
    var http2: Bool?
    /// Where its address stands; nil while it has none.
    var place: Place?

    var result: ListenerSettings { ListenerSettings(address, tls: tls, http2: http2) }
}

extension Section<ListenerDraft> {
    static let listener = Section(keys: [
        Key(
            name: "address",
            isRequired: true,
            outline: { _ in
                Outline(
                    name: "address",
                    type: ValueType<ListenAddress>.address.name,
                    fallback: "required",
                    summary: "Where connections are accepted."
                )
            },
            read: { node, draft, reading in
                guard let address = reading.value(of: node, .address) else { return }
                draft.address = address
                draft.place = node.place
            }
        ),
        Key(
            name: "tls",
            outline: { _ in
                Outline(
                    name: "tls",
                    type: "mapping",
                    fallback: "",
                    summary: "Serves HTTPS here. The files are looked at every second; a change is taken into use for "
                        + "new connections, unless it is no good.",
                    shape: .section(Section<TLSDraft>.tls.outlines(TLSDraft()), later: [])
                )
            },
            read: { node, draft, reading in
                var tls = TLSDraft()
                Section<TLSDraft>.tls.read(node, into: &tls, &reading)
                tls.check(&reading)
                draft.tls = tls.settings
            }
        ),
        Key(
            "http2",
            .boolean,
            optional: \.http2,
            fallback: "with tls",
            "Whether HTTP/2 is spoken beside HTTP/1.1: with `tls` where clients offer it (ALPN), without by prior "
                + "knowledge (h2c)."
        ),
    ])
}

extension Key<Draft> {
    static let listen = Key(
        name: "listen",
        outline: { draft in
            Outline(
                name: "listen",
                type: "list of address or mapping",
                fallback: draft.proxy.listen.map(\.address.description).joined(separator: ", "),
                summary: "Where apps point: one address or a list of them, or of mappings of the keys below.",
                shape: .listOrElements(Section.listener.outlines(ListenerDraft()), later: Section.listener.later)
            )
        },
        read: { node, draft, reading in
            var listeners: [ListenerSettings] = []
            for item in reading.items(of: node) {
                var listener = ListenerDraft()
                if case .mapping = item.content {
                    Section.listener.read(item, into: &listener, &reading)
                } else if let address = reading.value(of: item, .address) {
                    listener.address = address
                    listener.place = item.place
                }
                guard let place = listener.place else { continue }
                listeners.append(listener.result)
                draft.listenPlaces.append(place)
            }
            if case .sequence(let items) = node.content, items.isEmpty {
                reading.report("expected at least one address", at: node.place)
            }
            if !listeners.isEmpty { draft.proxy.listen = listeners }
        }
    )
}
