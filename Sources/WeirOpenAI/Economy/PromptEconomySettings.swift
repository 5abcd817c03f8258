/// What may be taken out of prompts before they go to the provider.
package struct PromptEconomySettings: Sendable, Equatable {
    package struct Replacement: Sendable, Equatable {
        /// Not empty.
        package var find: String
        package var with: String

        package init(find: String, with: String) {
            self.find = find
            self.with = with
        }
    }

    /// White space in JSON that prompts hold goes.
    package var minifiesJSON: Bool
    /// Done in their order, everywhere in a prompt, letter by letter.
    package var replacements: [Replacement]

    package init(minifiesJSON: Bool = false, replacements: [Replacement] = []) {
        self.minifiesJSON = minifiesJSON
        self.replacements = replacements
    }
}
