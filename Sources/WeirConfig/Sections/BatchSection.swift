import WeirOpenAI
import WeirProxy

extension Section<BatchSettings> {
    fileprivate static let batch = Section(keys: [
        Key(
            "size",
            .count(2...ItemRequest.maxItems),
            \.size,
            "Items of a call that several requests share. What has as many goes at once, and alone."
        ),
        Key(
            "wait",
            .duration(),
            \.wait,
            "How long the first of them waits for others; with `X-Weir-Priority: critical` nothing waits."
        ),
    ])
}

extension Key<RouteDraft> {
    static let batch = Key(
        name: "batch",
        outline: { _ in
            Outline(
                name: "batch",
                type: "mapping",
                fallback: "",
                summary:
                    "In `mode: persona`: embeddings and moderations that are not stored are asked for together with other "
                    + "requests' of the same credential, model and options.",
                shape: .section(Section.batch.outlines(BatchSettings()), later: [])
            )
        },
        read: { node, draft, reading in
            var batch = BatchSettings()
            Section.batch.read(node, into: &batch, &reading)
            draft.settings.batch = batch
            draft.batchPlace = node.place
        }
    )
}
