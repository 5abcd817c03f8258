import WeirConfig

/// Readings of configurations that need little text.
enum Sample {
    /// The least that is a configuration.
    static let least = """
        upstreams:
          app:
            url: http://127.0.0.1:3000
        routes:
          - path: /
            upstream: app

        """

    static func read(_ text: String, _ environment: [String: String] = [:]) throws(ConfigurationErrors) -> Configuration
    {
        try ConfigurationReader.read(text, file: "proxy.conf", environment: environment)
    }

    /// The problems of a text, as a user reads them.
    static func problems(_ text: String, _ environment: [String: String] = [:]) -> [String] {
        do throws(ConfigurationErrors) {
            _ = try read(text, environment)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }
}

extension Sample {
    /// The configuration that the design shows.
    static let design = """
        listen: 127.0.0.1:8080            # or a list; where apps point
        admin:
          listen: 127.0.0.1:9090          # stats, metrics, dashboard
          token: ${WEIR_ADMIN_TOKEN:-}    # needed off loopback
        cache:
          memory: 256MiB
          max_object: 8MiB
        features: {cache: true, etag: true, gzip: true, dedupe: true, breaker: true, batching: true}
        user: {header: X-User-Id, body: /user}
        persona:
          experience_level:   {header: X-Persona-Experience-Level, body: /metadata/experience_level}
          learning_style:     {header: X-Persona-Learning-Style, body: /metadata/learning_style}
          communication_tone: {header: X-Persona-Communication-Tone, body: /metadata/communication_tone}
          content_density:    {header: X-Persona-Content-Density, body: /metadata/content_density}
          interests:          {header: X-Persona-Interests, body: /metadata/interests}
        upstreams:
          app:
            url: http://127.0.0.1:3000
            breaker: {failures: 5, open: 30s}
          openai:
            url: https://api.openai.com
            headers: {Authorization: "Bearer ${OPENAI_API_KEY:-}"}
            timeouts: {connect: 2s, first_byte: 60s, idle: 30s, total: 10m}
            pool: {max: 100, pending: 1000, idle: 30s}
            retry: {attempts: 2, budget: 20%}
            breaker:
              chat:        {failures: 5,  open: 60s}
              embeddings:  {failures: 10, open: 30s}
              fine_tuning: {failures: 3,  open: 120s}
              moderations: {failures: 15, open: 20s}
        routes:
          - path: /v1/chat/completions
            upstream: openai
            cache: {mode: persona, ttl: 24h, personalised_ttl: 1h}
          - path: /v1/embeddings
            upstream: openai
            cache: {mode: persona, ttl: 7d}
          - path: /v1
            upstream: openai
          - path: /courses/{id}
            upstream: app
            cache: {mode: http, tags: ["course:{id}"]}
            on_write: {invalidate: ["course:{id}", "courses:list"]}
          - path: /
            upstream: app
            cache: {mode: http}
        """
}
