import Hummingbird

/// The stand-in for the OpenAI API. Answers depend on nothing but the request; each has an id of its own.
enum OpenAIBackend {
    static func standIn(at address: ListenAddress, latency: Duration) -> StandIn {
        let controls = Controls(faultPath: "/v1")
        let router = Router(context: DemoContext.self)
        router.add(middleware: ProviderFieldsMiddleware(controls: controls))
        router.add(middleware: ControlMiddleware(controls: controls, latency: latency))
        ControlRoutes(controls).add(to: router)
        ModelRoutes().add(to: router)
        FileRoutes().add(to: router)
        let asked = router.group("v1").add(middleware: ModelFaultMiddleware(controls: controls))
        ChatRoute(controls: controls).add(to: asked)
        CompletionRoute(controls: controls).add(to: asked)
        ResponseRoute(controls: controls).add(to: asked)
        EmbeddingRoute().add(to: asked)
        ModerationRoute(controls: controls).add(to: asked)
        return StandIn(name: "OpenAI stand-in", address: address, responder: router.buildResponder())
    }
}
