import Logging
import SystemPackage

/// The image of a local run, and Docker, which runs it.
struct LocalImage: Sendable {
    /// The image as it was named.
    let name: String
    private let docker: FilePath
    private let environment: EnvironmentVariables
    /// The variables that the image sets.
    private let variables: EnvironmentVariables

    /// Asks Docker for the image; one that is not on this machine is pulled.
    ///
    /// - Throws: `Failure` with code `settingUnusable`, with Docker's own words.
    init(_ name: String, _ incoming: EnvironmentVariables, _ supervisor: Supervisor) throws(Failure) {
        (self.name, environment) = (name, incoming)
        guard case .found(let docker) = ExecutableSearch.find("docker", path: incoming["PATH"]) else {
            throw .option("--image", expected: "used where docker is on PATH", found: name)
        }
        self.docker = docker
        var found = Self.inspect(name, docker, incoming)
        if found == nil {
            try Self.pull(name, docker, incoming, supervisor)
            found = Self.inspect(name, docker, incoming)
        }
        guard let found else { throw .option("--image", expected: "an image that docker can inspect", found: name) }
        let entries = found["Env"]?.array?.compactMap { $0.string.flatMap { RawString($0) } } ?? []
        variables = EnvironmentVariables(entries: entries)
    }

    /// A variable of the image.
    subscript(name: RawString) -> RawString? { variables[name] }

    /// A command of Docker as a step.
    func step(_ name: String, _ words: [RawString], _ environment: EnvironmentVariables) -> Step {
        Step(name: name, executable: docker, arguments: ["docker"] + words, environment: environment.entries)
    }

    /// Runs a short command of Docker.
    ///
    /// - Returns: Whether it ended well.
    @discardableResult
    func command(_ words: [String], seconds: Double = 30) -> Bool {
        let step = step("docker", words.compactMap { RawString($0) }, environment)
        return BoundedTool.output(step, seconds: seconds) != nil
    }

    private static func inspect(_ name: String, _ docker: FilePath, _ environment: EnvironmentVariables) -> JSONObject?
    {
        let words = ["docker", "image", "inspect", "--format", "{{json .Config}}", name].compactMap { RawString($0) }
        let step = Step(name: "docker", executable: docker, arguments: words, environment: environment.entries)
        return BoundedTool.output(step, seconds: 30).flatMap { try? JSONReader.read($0).object }
    }

    /// What it prints goes to stderr: stdout is the script's own.
    private static func pull(
        _ name: String,
        _ docker: FilePath,
        _ environment: EnvironmentVariables,
        _ supervisor: Supervisor
    ) throws(Failure) {
        log.notice("docker pulls \(name), which is not on this machine")
        let words = ["sh", "-c", "exec \"$@\" >&2", "sh", docker.string, "pull", name].compactMap { RawString($0) }
        let step = Step(name: "docker pull", executable: "/bin/sh", arguments: words, environment: environment.entries)
        let report = try supervisor.run(step, policy: SupervisionPolicy(onStop: .end), output: .readErrors)
        guard !report.isSuccess else { return }
        let last = report.tail.split { $0 == 0x0a || $0 == 0x0d }.last.map { String(decoding: $0, as: UTF8.self) }
        let said = last.map { " (\($0.asOneLine.cut(toUTF8: 500)))" } ?? ""
        throw .option("--image", expected: "an image that docker has or can pull\(said)", found: name)
    }
}
