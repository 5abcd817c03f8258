import WeirAdmin
import WeirProxy

extension Draft {
    /// What one key alone cannot tell.
    func check(_ reading: inout Reading) {
        checkAddresses(&reading)
        if !admin.settings.listen.isLoopback, admin.settings.token == nil {
            reading.report(
                "'admin.token' is needed where 'admin.listen' is not on loopback (\(admin.settings.listen.description))",
                at: admin.listenPlace ?? .start
            )
        }
        checkRoutes(&reading)
    }

    /// No two listeners can have one address.
    private func checkAddresses(_ reading: inout Reading) {
        var taken: [(address: ListenAddress, key: String, place: Place?)] = []
        for (index, address) in proxy.listen.map(\.address).enumerated() {
            let place = listenPlaces.indices.contains(index) ? listenPlaces[index] : nil
            taken.append((address, "listen", place))
        }
        taken.append((admin.settings.listen, "admin.listen", admin.listenPlace))
        for (index, this) in taken.enumerated() {
            guard let other = taken[..<index].first(where: { $0.address.collides(with: this.address) }) else {
                continue
            }
            // One of the two is written; the other may be a default.
            let place = this.place ?? other.place ?? .start
            let name = other.key == this.key ? "another 'listen'" : "'\(place == this.place ? other.key : this.key)'"
            let shown = place == this.place ? this.address : other.address
            reading.report("\(shown.description) is taken by \(name)", at: place)
        }
    }

    /// No two routes can match one request with nothing to choose between them.
    private func checkRoutes(_ reading: inout Reading) {
        var taken: [String: [RouteDraft]] = [:]
        for route in routes {
            guard let template = route.template else { continue }
            let key = "\(route.settings.host ?? "") \(template.shape)"
            let methods = Set(route.settings.methods)
            if let other = taken[key]?.first(where: { other in
                let others = Set(other.settings.methods)
                return methods.isEmpty ? others.isEmpty : !methods.isDisjoint(with: others)
            }) {
                let shared = methods.intersection(other.settings.methods).sorted()
                let what = shared.isEmpty ? "" : " for \(shared.joined(separator: ", "))"
                reading.report(
                    "duplicate route\(what): '\(other.settings.path)' stands at \(other.pathPlace.reference)",
                    at: route.pathPlace
                )
            }
            taken[key, default: []].append(route)
        }
    }
}

extension ListenAddress {
    /// Whether the system would refuse to bind both. Port 0 is another one each time.
    fileprivate func collides(with other: ListenAddress) -> Bool {
        guard port == other.port, port != 0 else { return false }
        return host == other.host || isWildcard || other.isWildcard || isLocalhost(other) || other.isLocalhost(self)
    }

    private var isWildcard: Bool { host == "0.0.0.0" || host == "::" }

    private func isLocalhost(_ other: ListenAddress) -> Bool {
        host == "localhost" && (other.host == "127.0.0.1" || other.host == "::1")
    }
}
