import NIOCore

extension BreakerSettings {
    /// For a service that nothing has been said of: what is called often, and quickly, is given up later and tried again
    /// sooner than what is called seldom and costs more.
    package static func usual(for service: Service) -> BreakerSettings {
        switch service {
        case .chat: BreakerSettings(failures: 5, open: .seconds(60))
        case .embeddings: BreakerSettings(failures: 10, open: .seconds(30))
        case .moderations: BreakerSettings(failures: 15, open: .seconds(20))
        case .fineTuning: BreakerSettings(failures: 3, open: .seconds(120))
        case .other: BreakerSettings(failures: 5, open: .seconds(30))
        }
    }
}
