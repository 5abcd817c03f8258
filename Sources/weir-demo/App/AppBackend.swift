import Hummingbird

/// The stand-in app backend: a small site about courses, and answers made to order for tests.
enum AppBackend {
    static func standIn(at address: ListenAddress) -> StandIn {
        let controls = Controls(faultPath: "/flaky")
        let courses = CourseStore()
        let router = Router(context: DemoContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ControlMiddleware(controls: controls))
        ControlRoutes(controls, reset: courses.reset).add(to: router)
        IndexPage().add(to: router)
        CourseRoutes(courses: courses, controls: controls).add(to: router)
        MadeToOrderRoutes(controls: controls).add(to: router)
        StreamRoutes(controls: controls).add(to: router)
        EchoRoute().add(to: router)
        return StandIn(name: "app backend", address: address, responder: router.buildResponder())
    }
}
