import Logging
import SystemPackage

/// Finds the addresses of the other hosts: a step of its own, since a resolver may wait, and PID 1 may not.
///
/// - A name that does not resolve is asked for again, after 100 ms, then twice as long each time, 5 s at most.
/// - Our own name is never asked for, and a job of one host asks for none.
enum HostResolution {
    /// How long is waited between two questions at most.
    private static let longestPause = Duration.seconds(5)

    /// The file that is written.
    static func file(in directory: FilePath) -> FilePath { directory.appending("peer-addresses.json") }

    /// Resolves names and writes what came of it: `{"addresses": {…}}`, or `{"missing": […], "words": "…"}`.
    ///
    /// - Returns: 0 where all names have addresses within so many seconds.
    /// - Throws: `Failure` with code `peersUnprepared` where the file cannot be written.
    static func run(hosts: [String], seconds: Int, directory: FilePath) throws(Failure) -> ExitStatus {
        let end = Instant.now + .seconds(seconds)
        var addresses: [String: [String]] = [:]
        let known = HostsFile(.current())
        for host in hosts { addresses[host] = known[host] }
        var missing = hosts.filter { addresses[$0] == nil }
        var words = ""
        var pause = Duration.milliseconds(100)
        while true {
            var still: [String] = []
            for host in missing {
                switch HostAddress.of(host) {
                case .success(let found): addresses[host] = found
                case .failure(let problem):
                    still.append(host)
                    words = problem.words
                }
                if Instant.now > end { break }
            }
            missing = missing.filter { addresses[$0] == nil }
            guard !still.isEmpty, Instant.now < end else { break }
            let left = end - .now
            CurrentProcess.sleep(for: min(pause, left))
            if pause == .milliseconds(100) { log.info("waiting for names: \(still.listing): \(words)") }
            pause = min(pause * 2, longestPause)
        }
        let pairs = addresses.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.strings($0.value)) }
        var object = JSONObject([("addresses", .object(JSONObject(pairs)))])
        if !missing.isEmpty {
            object["missing"] = .strings(missing)
            object["words"] = .string(words)
        }
        let file = file(in: directory)
        do throws(Errno) {
            try SmallFile.write(JSONWriter.bytes(.object(object)), to: file, mode: 0o600)
        } catch {
            throw Failure(.peersUnprepared(what: "cannot be written"), file.string, error)
        }
        return missing.isEmpty ? .success : .failure
    }
}
