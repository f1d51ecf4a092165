import SystemPackage

/// What a job runs: an entry point of the user's, or a framework's function.
public enum Program: Hashable, Sendable {
    /// A file or a package in the code directory.
    case entryPoint(EntryPoint)
    /// `SAGEMAKER_TRAINING_MODULE`, as `module:function`; it brings the user's module in by itself.
    case framework(module: String)
    /// A function of the Swift program that runs the job, called in a process of its own.
    case function

    /// The entry point, where it is one.
    var entryPoint: EntryPoint? {
        guard case .entryPoint(let entryPoint) = self else { return nil }
        return entryPoint
    }

    /// The class of its failure, where nothing more is known.
    var failureClass: FailureClass {
        switch self {
        case .entryPoint, .function: .executeUserScript
        case .framework: .framework
        }
    }

    /// Whether the code directory is to be installed as a package.
    func isPackage(in code: FilePath) -> Bool {
        switch self {
        case .entryPoint(let entryPoint): if case .pythonPackage = entryPoint.kind { true } else { false }
        case .framework: PythonPackage.isOne(code)
        case .function: false
        }
    }
}

extension TrainingEnvironment {
    /// The facts once it is known what is run: an entry point that was found has its name in them.
    func running(_ program: Program?) -> TrainingEnvironment {
        guard let name = program?.entryPoint?.name else { return self }
        var environment = self
        environment.userEntryPoint = name
        return environment
    }
}
