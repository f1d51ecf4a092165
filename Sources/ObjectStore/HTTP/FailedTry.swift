import AsyncHTTPClient
import ContainerRuntime
import NIOCore
import NIOPosix
import NIOSSL
import SystemPackage

/// A try that failed: whether another one may help, and a word for people.
struct FailedTry: Error {
    let isTransient: Bool
    let reason: String
    /// Seconds that the server asks to wait.
    var wait: Double?
    /// What it comes to where there is no other try, if that is not what the policy says.
    var failure: Failure?

    init(isTransient: Bool, reason: String, wait: Double? = nil, failure: Failure? = nil) {
        (self.isTransient, self.reason) = (isTransient, reason)
        (self.wait, self.failure) = (wait, failure)
    }

    /// What a connection's error means.
    init(_ error: any Error) {
        switch error {
        case let error as FailedTry: self = error
        case let error as NIOConnectionError: self.init(connection: error)
        case let error as HTTPClientError: self.init(isTransient: true, reason: "\(error.shortDescription)")
        case let error as IOError:
            self.init(isTransient: true, reason: Errno(rawValue: error.errnoCode).description)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            self.init(
                isTransient: false,
                reason: "TLS failed, \(error); AWS_CA_BUNDLE names a file of certificate authorities"
            )
        case is CancellationError: self.init(isTransient: false, reason: "stopped")
        default: self.init(isTransient: true, reason: "\(error)")
        }
    }

    private init(connection error: NIOConnectionError) {
        let reasons = error.connectionErrors.map { "\(Self.word($0.error))" }
        let resolution = (error.dnsAError ?? error.dnsAAAAError).map { " (\($0))" } ?? ""
        self.init(isTransient: true, reason: reasons.first ?? "the host \(error.host) has no address\(resolution)")
    }

    private static func word(_ error: any Error) -> String {
        (error as? IOError).map { Errno(rawValue: $0.errnoCode).description } ?? "\(error)"
    }
}
