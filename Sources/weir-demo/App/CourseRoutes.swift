import FoundationEssentials
import HTTPTypes
import Hummingbird

/// `/courses` and `/courses/{id}`: JSON with validators, fresh for `?max_age=` seconds [60].
struct CourseRoutes {
    let courses: CourseStore
    let controls: Controls

    func add(to router: Router<DemoContext>) {
        router.get("courses") { request, _ in
            let (all, changed, changes) = courses.all
            return answer(
                request,
                ["courses": .array(all.map(\.json))],
                Validators(etag: "\"courses-\(changes)\"", modified: changed)
            )
        }
        router.get("courses/:id") { request, context in
            let id = try context.parameters.require("id")
            guard let course = courses[id] else { return missing(id) }
            return answer(
                request,
                course.json,
                Validators(etag: "\"course-\(id)-\(course.revision)\"", modified: course.changed)
            )
        }
        for method in [HTTPRequest.Method.put, .post] {
            router.on("courses/:id", method: method) { request, context in
                let id = try context.parameters.require("id")
                let body = try? await request.decode(as: JSONValue.self, context: context)
                let (course, isNew) = courses.put(id, title: body?["title"]?.string)
                return Response.json(course.json, status: isNew ? .created : .ok)
            }
        }
        router.delete("courses/:id") { _, context in
            let id = try context.parameters.require("id")
            return courses.delete(id) ? Response(status: .noContent) : missing(id)
        }
    }

    private func answer(_ request: Request, _ json: JSONValue, _ validators: Validators) -> Response {
        var headers = validators.fields
        let maxAge = request.uri.queryParameters.get("max_age", as: Int.self) ?? 60
        headers[.cacheControl] = "max-age=\(maxAge)"
        if validators.areCurrent(for: request) {
            controls.calls.recordNotModified(request)
            return Response(status: .notModified, headers: headers)
        }
        return .json(json, headers: headers)
    }

    private func missing(_ id: String) -> Response {
        .json(["error": ["message": .string("no course \(id)")]], status: .notFound)
    }
}
