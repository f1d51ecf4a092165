import AsyncHTTPClient
package import ContainerRuntime
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// Sends requests: one client for direct connections and one for each proxy, all on the same two threads.
package final class Transport: Sendable {
    private let proxies: ProxySettings
    private let authorities: String?
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    private let clients = Mutex<[WebAddress?: HTTPClient]>([:])

    /// A server that says nothing for so long is given up, in seconds.
    static let silence: Int64 = 30
    /// What is read from a connection at a time, in bytes at most.
    private static let mostRead = 1 << 18
    /// A connection that takes longer than this is given up, in seconds.
    static let connectionTime: Int64 = 10

    /// Makes a transport with the proxies of the environment and the certificate authorities of `AWS_CA_BUNDLE`, else
    /// `REQUESTS_CA_BUNDLE`, else `SSL_CERT_FILE`, else the system's.
    package init(environment: (String) -> String?) {
        proxies = ProxySettings(environment: environment)
        authorities = firstVariable(["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"], environment)?.value
    }

    /// Lends a transport for some work, and closes its connections whatever becomes of it.
    package static func lend<Value>(
        _ environment: (String) -> String?,
        _ work: (Transport) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let transport = Transport(environment: environment)
        let result: Result<Value, Failure>
        do throws(Failure) { result = .success(try await work(transport)) } catch { result = .failure(error) }
        await transport.shutDown()
        return try result.get()
    }

    /// Closes all connections; nothing can be sent after it.
    private func shutDown() async {
        for client in clients.withLock({ Array($0.values) }) { try? await client.shutdown() }
        try? await group.shutdownGracefully()
    }

    /// Sends a request and gives back the head of the answer; its body is read by whoever wants it.
    ///
    /// The deadline counts for the whole answer.
    ///
    /// - Throws: What the connection says, and `Failure` with code `certificateAuthoritiesUnreadable`.
    func send(
        _ request: HTTPClientRequest,
        to address: WebAddress,
        within seconds: Int64 = 7 * 86_400,
        directly: Bool = false
    ) async throws -> HTTPClientResponse {
        let client = try client(for: directly ? nil : proxies.proxy(for: address))
        return try await client.execute(request, timeout: .seconds(seconds))
    }

    private func client(for proxy: WebAddress?) throws(Failure) -> HTTPClient {
        if let client = clients.withLock({ $0[proxy] }) { return client }
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(Self.connectionTime), read: .seconds(Self.silence)),
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        // Retries are ours, with a limit and a word about them.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.tlsConfiguration = try tlsConfiguration()
        // The one place where the client lets its connections be set up: whoever reads a gigabyte in pieces of 64 KiB, the
        // usual most, spends a third more time on the pieces.
        configuration.http1_1ConnectionDebugInitializer = { channel in
            let sizes = AdaptiveRecvByteBufferAllocator(minimum: 1 << 10, initial: 1 << 14, maximum: Self.mostRead)
            return channel.setOption(.recvAllocator, value: sizes)
        }
        if let proxy {
            let authorization = proxy.credentials.map { HTTPClient.Authorization.basic(credentials: $0.base64) }
            configuration.proxy = .server(host: proxy.host, port: proxy.usedPort, authorization: authorization)
        }
        return clients.withLock { clients in
            if let client = clients[proxy] { return client }
            let client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration)
            clients[proxy] = client
            return client
        }
    }

    private func tlsConfiguration() throws(Failure) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        guard let authorities else { return configuration }
        guard (try? NIOSSLCertificate.fromPEMFile(authorities))?.isEmpty == false else {
            throw Failure(.certificateAuthoritiesUnreadable, authorities)
        }
        configuration.trustRoots = .file(authorities)
        return configuration
    }
}
