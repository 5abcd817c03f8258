import WeirOpenAI
import WeirProxy

extension Section<PromptEconomySettings> {
    fileprivate static let economy = Section(keys: [
        Key(
            "minify_json",
            .boolean,
            \.minifiesJSON,
            "White space goes out of JSON in prompts: of a text that is JSON, and of blocks fenced as ```json."
        ),
        Key(
            name: "replace",
            outline: { _ in
                Outline(
                    name: "replace",
                    type: "mapping",
                    fallback: "",
                    summary:
                        "Texts that are replaced by others everywhere in prompts, letter by letter, in this order.",
                    shape: .values
                )
            },
            read: { node, draft, reading in
                for member in reading.members(of: node, what: "texts to texts") {
                    guard !member.key.isEmpty else {
                        reading.report("expected a text to replace, found an empty one", at: member.keyPlace)
                        continue
                    }
                    guard let text = reading.value(of: member.value, .promptText) else { continue }
                    draft.replacements.append(.init(find: member.key, with: text))
                }
            }
        ),
    ])
}

extension ValueType<String> {
    fileprivate static let promptText = text(name: "text", expected: "a text", isValid: { _ in true })
}

extension Key<RouteDraft> {
    static let economy = Key(
        name: "economy",
        outline: { _ in
            Outline(
                name: "economy",
                type: "mapping",
                fallback: "",
                summary:
                    "In `mode: persona`: what is taken out of the prompts of chat completions, completions and responses "
                    + "before they are keys and go to the provider.",
                shape: .section(Section.economy.outlines(PromptEconomySettings()), later: [])
            )
        },
        read: { node, draft, reading in
            var economy = PromptEconomySettings()
            Section.economy.read(node, into: &economy, &reading)
            draft.settings.economy = economy
            draft.economyPlace = node.place
        }
    )
}
