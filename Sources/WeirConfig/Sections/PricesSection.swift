import WeirLedger
import WeirProxy

/// A model's price while it is read.
struct PriceDraft: Sendable {
    var input: TokenRate?
    var cachedInput: TokenRate?
    var cacheWrite: TokenRate?
    var output: TokenRate?

    /// nil where a price that it needs is missing.
    var price: Price? {
        guard let input, let output else { return nil }
        return Price(input: input, cachedInput: cachedInput, cacheWrite: cacheWrite, output: output)
    }
}

extension Section<PriceDraft> {
    fileprivate static let price = Section(keys: [
        .required("input", \.input, "Of what is sent."),
        Key(
            "cached_input",
            .price,
            optional: \.cachedInput,
            fallback: "`input`",
            "Of what is sent and the provider has in a cache of its own."
        ),
        Key(
            "cache_write",
            .price,
            optional: \.cacheWrite,
            fallback: "`input`",
            "Of what is sent and the provider puts into that cache."
        ),
        .required("output", \.output, "Of what is answered, reasoning included; 0 for a model that writes nothing."),
    ])
}

extension Key<PriceDraft> {
    fileprivate static func required(
        _ name: String,
        _ path: any WritableKeyPath<PriceDraft, TokenRate?> & Sendable,
        _ summary: String
    ) -> Key {
        var key = Key(name, .price, optional: path, fallback: "required", summary)
        key.isRequired = true
        return key
    }
}

extension Key<Draft> {
    static let prices = Key(
        name: "prices",
        outline: { _ in
            Outline(
                name: "prices",
                type: "mapping",
                fallback: "",
                summary:
                    "What models' tokens cost, by the models' names: added to the table of \(PriceTable.builtInDate) "
                    + "that Weir comes with, or in place of a price in it, as a whole. A model without a price is counted "
                    + "as such, not as free.",
                shape: .named(Section.price.outlines(PriceDraft()), later: [])
            )
        },
        read: { node, draft, reading in
            var prices: [String: Price] = [:]
            for member in reading.members(of: node, what: "models to prices") {
                guard ModelName.isValid(member.key) else {
                    reading.report("expected the name of a model, found \(Node.quote(member.key))", at: member.keyPlace)
                    continue
                }
                var price = PriceDraft()
                if member.value.isUnset, !reading.isSpoiled(member.value) {
                    reading.report("missing 'input'", at: member.keyPlace)
                } else {
                    Section.price.read(member.value, into: &price, &reading)
                }
                prices[member.key] = price.price
            }
            draft.proxy.prices = draft.proxy.prices.replacing(prices)
        }
    )
}
