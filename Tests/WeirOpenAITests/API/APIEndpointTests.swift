import Testing

@testable import WeirOpenAI

@Suite("API endpoints")
struct APIEndpointTests {
    @Test(
        "An endpoint is told by the path's last segments",
        arguments: [
            ("/v1/chat/completions", APIEndpoint.chatCompletions),
            ("/openai/deployments/x/chat/completions", .chatCompletions),
            ("/openai/deployments/chat/completions", .completions),
            ("/openai/deployments/x/completions?api-version=1", .completions),
            ("/chat/completions", .chatCompletions),
            ("/v1/chat/completions?a=/v1/embeddings", .chatCompletions),
            ("/v1/completions", .completions),
            ("/v1/responses", .responses),
            ("/v1/responses/resp_1", .other),
            ("/v1/responses/resp_1/cancel", .other),
            ("/v1/embeddings", .embeddings),
            ("/v1/moderations", .moderations),
            ("/v1/fine_tuning/jobs", .fineTuning),
            ("/v1/fine_tuning/jobs/ftjob-1/events", .fineTuning),
            ("/v1/models", .models),
            ("/v1/models/gpt-4o", .models),
            ("/v1/c%68at/completion%73", .other),
            ("/v1/Chat/Completions", .other),
            ("/v1/files", .other),
            ("/", .other),
            ("", .other),
        ] as [(String, APIEndpoint)]
    )
    func path(path: String, endpoint: APIEndpoint) {
        #expect(APIEndpoint(path: path.utf8) == endpoint)
    }

    @Test("Each endpoint belongs to a service of the API")
    func services() {
        #expect(
            APIEndpoint.allCases.map(\.serviceName) == [
                "chat", "chat", "chat", "embeddings", "moderations", "fine_tuning", "other", "other",
            ]
        )
    }
}
