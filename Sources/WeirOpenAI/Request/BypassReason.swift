/// Why a request to the API is not answered from the cache; the raw value is the `detail` of `Cache-Status`.
package enum BypassReason: String, Sendable, CaseIterable {
    /// The path is none whose answers Weir keeps by the request's body.
    case endpoint
    case invalidJSON = "invalid-json"
    case invalidUTF8 = "invalid-utf8"
    case tooDeep = "too-deep"
    case tooLarge = "too-large"
    case notAnObject = "not-an-object"
    /// An object, anywhere in the body, has two members of one name: readers differ on which of them counts.
    case repeatedMember = "repeated-member"
    /// What of the request an answer may repeat (``EchoedMembers``) is over the bound.
    case largeMetadata = "large-metadata"
    /// It goes on from something the provider keeps: `previous_response_id`, `conversation`, `context_management`,
    /// an item reference.
    case stateful
    case background
    /// It names an image, sound or file that lies elsewhere: by URL, or by the provider's id of it.
    case externalInput = "external-input"
    /// The answer depends on what the web says today.
    case webSearch = "web-search"
    /// Tools that the provider runs itself.
    case hostedTools = "hosted-tools"
    /// A prompt template without a version, which may be another text tomorrow.
    case promptTemplate = "prompt-template"
    /// A persona dimension's place in the body holds something that is not text.
    case unreadablePersona = "unreadable-persona"
    /// The user's place in the body holds something that is not text.
    case unreadableUser = "unreadable-user"
}
