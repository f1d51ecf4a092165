import Synchronization

@testable import ContainerRuntime

/// Ports of loopback that no two tests share: suites run beside each other, and above are those that the kernel gives out.
enum FreePort {
    private static let range = 20_000..<32_000
    private static let last = Mutex(Int.random(in: range))

    static func next() -> Int {
        last.withLock { port in
            repeat {
                port = port + 1 < range.upperBound ? port + 1 : range.lowerBound
            } while ListeningPorts.contains(port)
            return port
        }
    }
}
