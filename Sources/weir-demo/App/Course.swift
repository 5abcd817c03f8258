import FoundationEssentials

/// One course of the site.
struct Course: Sendable {
    let id: String
    var title: String
    /// From 1; every change adds one.
    var revision: Int
    var changed: Date

    /// Over 1 KiB as text, so that it is worth compressing.
    var json: JSONValue {
        [
            "id": .string(id),
            "title": .string(title),
            "revision": .integer(revision),
            "lessons": .array(Self.lessons.enumerated().map { Self.lesson($0.offset + 1, $0.element) }),
        ]
    }

    private static let lessons = [
        "What water does at a step", "Crests, sharp and broad", "The hydraulic jump", "Gauging a stream",
        "Sills, gates and stoplogs", "Fish and how they pass", "Floods and freeboard", "Keeping it in repair",
    ]

    private static func lesson(_ number: Int, _ title: String) -> JSONValue {
        [
            "number": .integer(number),
            "title": .string(title),
            "summary": .string(
                "In lesson \(number) we look at \(title.lowercased()), first at the bank with a stick and a "
                    + "stopwatch, then with pencil and paper, and last in the model flume."
            ),
            "minutes": .integer(20 + 5 * number),
        ]
    }
}
