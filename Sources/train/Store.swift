import ContainerRuntime

/// S3 and HTTP for the helpers of a job, and for the commands of the same names.
struct Store: HelperStore {
    /// The values of options, by the variables that they beat.
    private let options: [String: String]

    init(_ options: [String: String?] = [:]) {
        self.options = options.compactMapValues(\.self)
    }

    /// The option that stands for a variable, or this process's variable.
    @Sendable func variable(_ name: String) -> String? {
        options[name] ?? CurrentProcess.variable(name)?.description
    }
}
