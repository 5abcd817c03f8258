/// The variables that Kubernetes and Docker links put into every container for a service called `weir` or `weir-…`:
/// `WEIR_SERVICE_HOST=10.0.0.1`, `WEIR_PORT=tcp://10.0.0.1:80`, `WEIR_PORT_80_TCP_ADDR=10.0.0.1`. They are nobody's
/// settings.
enum ServiceLink {
    static func isOne(_ name: String, value: String) -> Bool {
        let words = name.split(separator: "_")
        if name.hasSuffix("_SERVICE_HOST") { return true }
        if let index = words.lastIndex(of: "SERVICE"), words.dropFirst(index + 1).first == "PORT" {
            return Decimals.whole(value) != nil
        }
        guard let index = words.lastIndex(where: { ["TCP", "UDP", "SCTP"].contains($0) }) else {
            return words.last == "PORT" && value.contains("://")
        }
        return index >= 2 && words[index - 2] == "PORT" && Decimals.whole(words[index - 1]) != nil
    }
}
