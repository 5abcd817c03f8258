import FoundationEssentials
import Synchronization

/// The courses, in memory.
final class CourseStore: Sendable {
    private struct State {
        var courses: [String: Course]
        /// Of any of them, deletions too.
        var changed: Date
        var changes = 0
    }

    private let state = Mutex(CourseStore.initial())

    /// All courses by id, with the time of the last change and the number of changes.
    var all: (courses: [Course], changed: Date, changes: Int) {
        state.withLock { ($0.courses.values.sorted { $0.id < $1.id }, $0.changed, $0.changes) }
    }

    subscript(id: String) -> Course? { state.withLock { $0.courses[id] } }

    /// Changes the course or makes it; returns it and whether it is new.
    func put(_ id: String, title: String?) -> (course: Course, isNew: Bool) {
        state.withLock { state in
            let old = state.courses[id]
            let course = Course(
                id: id,
                title: title ?? old?.title ?? "Course \(id)",
                revision: (old?.revision ?? 0) + 1,
                changed: Date()
            )
            state.courses[id] = course
            state.changed = course.changed
            state.changes += 1
            return (course, old == nil)
        }
    }

    /// Whether there was one to delete.
    func delete(_ id: String) -> Bool {
        state.withLock { state in
            guard state.courses.removeValue(forKey: id) != nil else { return false }
            state.changed = Date()
            state.changes += 1
            return true
        }
    }

    func reset() {
        state.withLock { $0 = Self.initial() }
    }

    private static func initial() -> State {
        // Fixed, so that two runs give the same validators.
        let start = Date(timeIntervalSince1970: 1_735_689_600)
        let titles = ["Weirs for beginners", "Reading a river", "Small dams, large ponds"]
        let courses = titles.enumerated().map {
            Course(id: String($0.offset + 1), title: $0.element, revision: 1, changed: start)
        }
        return State(courses: Dictionary(uniqueKeysWithValues: courses.map { ($0.id, $0) }), changed: start)
    }
}
