import Hummingbird

/// `/_demo/…`: how tests steer a stand-in and see what reached it. These calls are not counted.
///
/// - `GET  /_demo/counts`: calls by method and path, 304 answers, calls whose client left, waiters at gates
/// - `GET  /_demo/last`: the last request, without its secrets
/// - `POST /_demo/reset`: forget counts and faults, open all gates
/// - `POST /_demo/fail`: `{"count": n, "status": 503, "path"?, "retryAfter"?, "code"?}`; without a status the connection is cut
/// - `POST /_demo/hold/{name}`: requests with `X-Demo-Gate: name` or `?gate=name` wait before their answer,
///   those with `X-Demo-Event-Gate` or `?event_gate=` before every event but the first
/// - `POST /_demo/pass/{name}?count=1`: let some through
/// - `DELETE /_demo/hold/{name}`: let all through
struct ControlRoutes {
    let controls: Controls
    /// Forgets what a stand-in itself has changed.
    let reset: @Sendable () -> Void

    init(_ controls: Controls, reset: @escaping @Sendable () -> Void = {}) {
        self.controls = controls
        self.reset = reset
    }

    func add(to router: Router<DemoContext>) {
        let (controls, reset) = (controls, reset)
        let group = router.group("_demo")
        group.get("counts") { _, _ in
            Response.json(.object(controls.calls.members + [("waiting", .counts(controls.gates.waiting))]))
        }
        group.get("last") { _, _ in Response.json(controls.calls.last) }
        group.post("reset") { _, _ in
            controls.reset()
            reset()
            return Response(status: .noContent)
        }
        group.post("fail") { request, context in
            controls.faults.add(try await request.decode(as: Fault.self, context: context))
            return Response(status: .noContent)
        }
        group.post("hold/:name") { _, context in
            controls.gates.hold(try context.parameters.require("name"))
            return Response(status: .noContent)
        }
        group.post("pass/:name") { request, context in
            let count = request.uri.queryParameters.get("count", as: Int.self) ?? 1
            controls.gates.pass(try context.parameters.require("name"), count: count)
            return Response(status: .noContent)
        }
        group.delete("hold/:name") { _, context in
            controls.gates.release(try context.parameters.require("name"))
            return Response(status: .noContent)
        }
    }
}
