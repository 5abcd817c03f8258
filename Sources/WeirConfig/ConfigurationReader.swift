import WeirProxy

/// Turns the text of `proxy.conf` and the environment into settings.
///
///     text ──▶ YAML with places ──▶ overrides ──▶ ${NAME} ──▶ sections, key by key ──▶ checks across sections
///
/// Every step goes on after a mistake, so that all of them are reported at once.
package enum ConfigurationReader {
    /// - Parameters:
    ///   - text: the content of the file.
    ///   - file: its path, as problems name it; relative paths in the file start in its folder.
    ///   - environment: what `${NAME}` and the overrides (`WEIR_…`) are taken from.
    package static func read(
        _ text: String,
        file: String,
        environment: [String: String]
    ) throws(ConfigurationErrors) -> Configuration {
        var reading = Reading(file: file)
        let draft = draft(of: text, environment, &reading)
        guard reading.problems.isEmpty else { throw ConfigurationErrors(problems: Array(reading.problems)) }
        var proxy = draft.proxy
        proxy.routes = draft.routes.map { route in
            var settings = route.settings
            settings.features = settings.features.intersection(draft.features)
            return settings
        }
        return Configuration(proxy: proxy, admin: draft.admin.settings, log: draft.log, reload: draft.reload)
    }

    private static func draft(
        of text: String,
        _ environment: [String: String],
        _ reading: inout Reading
    ) -> Draft {
        var draft = Draft()
        let document = DocumentReader.read(text, &reading)
        // What is not YAML has no keys to check.
        guard var root = document ?? (reading.problems.isEmpty ? Node(.mapping([]), at: .start) : nil) else {
            return draft
        }
        var substitution = Substitution(environment: environment)
        substitution.collectNames(in: root)
        let overrides = Overrides(of: Section<Draft>.root.outlines(draft), later: Section<Draft>.root.later, in: root)
        overrides.apply(environment, exempt: substitution.names, to: &root, &reading)
        substitution.apply(to: &root, &reading)
        Section<Draft>.root.read(root, into: &draft, &reading)
        draft.check(&reading)
        return draft
    }
}
