import NIOCore

/// The chunks of a chat or completions stream on their way to one body.
struct ChunkAssembly {
    private let isChat: Bool
    private var id: ByteBuffer?
    private var created: ByteBuffer?
    private var model: ByteBuffer?
    private var fingerprint: ByteBuffer?
    private var tier: ByteBuffer?
    private var usage: ByteBuffer?
    private var choices: [Int: ChoiceAssembly] = [:]

    private static let choicesLimit = 128

    init(isChat: Bool) { self.isChat = isChat }

    /// - Returns: false when the chunk holds something that has no place in the body.
    mutating func add(_ chunk: JSONDocument) -> Bool {
        guard chunk.kind(JSONDocument.root) == .object else { return false }
        for member in chunk.members(JSONDocument.root) where !chunk.isNull(member.value) {
            let value = member.value
            let isTaken =
                switch chunk.string(member.name) {
                case "id": Self.keep(&id, chunk.slice(value))
                case "model": Self.keep(&model, chunk.slice(value))
                case "system_fingerprint": Self.keep(&fingerprint, chunk.slice(value))
                case "service_tier": Self.keep(&tier, chunk.slice(value))
                case "created": keepFirst(created: chunk.slice(value))
                case "usage": replace(usage: chunk.slice(value))
                case "choices": add(choices: value, chunk)
                // The kind is another in the body; padding against traffic analysis has no meaning.
                case "object", "obfuscation": true
                default: false
                }
            guard isTaken else { return false }
        }
        return true
    }

    /// - Returns: nil when a choice has not ended or there is no usage.
    func body() -> ByteBuffer? {
        guard let id, let created, let model, let usage, !choices.isEmpty else { return nil }
        var output = ByteBufferAllocator().buffer(capacity: 1024)
        output.writeStaticString("{\"id\":")
        output.writeImmutableBuffer(id)
        output.writeStaticString(isChat ? ",\"object\":\"chat.completion\"" : ",\"object\":\"text_completion\"")
        output.writeStaticString(",\"created\":")
        output.writeImmutableBuffer(created)
        output.writeStaticString(",\"model\":")
        output.writeImmutableBuffer(model)
        output.writeStaticString(",\"choices\":[")
        for index in 0..<choices.count {
            guard let choice = choices[index], choice.write(index: index, into: &output) else { return nil }
            output.writeStaticString(index + 1 < choices.count ? "," : "]")
        }
        output.writeStaticString(",\"usage\":")
        output.writeImmutableBuffer(usage)
        if let tier {
            output.writeStaticString(",\"service_tier\":")
            output.writeImmutableBuffer(tier)
        }
        if let fingerprint {
            output.writeStaticString(",\"system_fingerprint\":")
            output.writeImmutableBuffer(fingerprint)
        }
        output.writeStaticString("}")
        return output
    }

    private mutating func add(choices list: Int, _ chunk: JSONDocument) -> Bool {
        guard chunk.kind(list) == .array else { return false }
        for choice in chunk.elements(list) {
            guard let index = chunk.integer("index", of: choice), (0..<Self.choicesLimit).contains(index),
                choices[index, default: ChoiceAssembly(isChat: isChat)].add(choice, chunk)
            else { return false }
        }
        return true
    }

    /// What every chunk repeats must stay the same.
    private static func keep(_ kept: inout ByteBuffer?, _ value: ByteBuffer) -> Bool {
        guard let known = kept else {
            kept = value
            return true
        }
        return known == value
    }

    /// Some servers write the time of the chunk; the answer's is the first.
    private mutating func keepFirst(created value: ByteBuffer) -> Bool {
        created = created ?? value
        return true
    }

    /// The last that was not null counts, wherever it stood.
    private mutating func replace(usage value: ByteBuffer) -> Bool {
        usage = value
        return true
    }
}
