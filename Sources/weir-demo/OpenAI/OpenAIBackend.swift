import Hummingbird

/// The stand-in for the OpenAI API. Answers depend on nothing but the request; each has an id of its own.
enum OpenAIBackend {
    static func standIn(at address: ListenAddress, latency: Duration, limits: RateLimits.Limits) -> StandIn {
        let controls = Controls(faultPath: "/v1")
        let limits = RateLimits(limits)
        let prompts = PromptCache()
        let router = Router(context: DemoContext.self)
        router.add(middleware: ProviderFieldsMiddleware(controls: controls))
        router.add(middleware: ControlMiddleware(controls: controls, latency: latency))
        ControlRoutes(controls) {
            limits.set(nil)
            prompts.reset()
        }.add(to: router)
        LimitRoutes(limits: limits).add(to: router)
        ModelRoutes().add(to: router)
        FileRoutes(calls: controls.calls).add(to: router)
        AudioRoutes(calls: controls.calls).add(to: router)
        ImageRoutes(calls: controls.calls).add(to: router)
        BatchRoutes().add(to: router)
        let asked = router.group("v1").add(middleware: ModelFaultMiddleware(controls: controls))
            .add(middleware: RateLimitMiddleware(limits: limits))
        ChatRoute(controls: controls, prompts: prompts).add(to: asked)
        CompletionRoute(controls: controls).add(to: asked)
        ResponseRoute(controls: controls, prompts: prompts).add(to: asked)
        EmbeddingRoute().add(to: asked)
        ModerationRoute(controls: controls).add(to: asked)
        return StandIn(name: "OpenAI stand-in", address: address, responder: router.buildResponder())
    }
}
