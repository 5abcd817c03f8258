import WeirAdmin
import WeirProxy

/// `admin:` and the place of its address, for the checks that span sections.
struct AdminDraft: Sendable {
    var settings = AdminSettings()
    var listenPlace: Place?
}

extension Section<AdminDraft> {
    static let admin = Section(keys: [
        Key(
            name: "listen",
            outline: { draft in
                Outline(
                    name: "listen",
                    type: ValueType<ListenAddress>.address.name,
                    fallback: draft.settings.listen.description,
                    summary: "Where statistics, metrics and the admin API are served."
                )
            },
            read: { node, draft, reading in
                guard let address = reading.value(of: node, .address) else { return }
                draft.settings.listen = address
                draft.listenPlace = node.place
            }
        ),
        Key(
            "token",
            .token,
            optional: \.settings.token,
            "Asked for as `Authorization: Bearer`. Needed where `admin.listen` is not on loopback."
        ),
        Key(
            "max_warm",
            .size(1 << 20...1 << 30),
            \.settings.maxWarm,
            "One list of requests for `cache/warm`, which is held whole; `weir warm` sends a longer one in parts."
        ),
    ])
}
