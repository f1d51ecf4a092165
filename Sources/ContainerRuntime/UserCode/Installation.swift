public import SystemPackage

/// What has to be installed before the program starts.
///
/// - `requirements.txt` is installed for every kind of entry point; one of blanks and comments costs nothing.
/// - A package is installed with its requirements in one run, so that both are resolved together.
/// - Wheels that came with the code are found beside the index, or instead of it.
public struct Installation: Hashable, Sendable {
    /// What is asked to be installed.
    public enum Subject: Hashable, Sendable {
        /// Requirements alone.
        case requirements
        /// The user's package.
        case package
    }

    /// What is installed.
    public let subject: Subject
    /// Words after `pip install`; uv takes the same.
    public let arguments: [String]
    /// The code directory.
    let code: FilePath

    /// What a program needs, or nothing.
    public init?(_ program: Program, in code: FilePath) {
        let requirements = Self.needsRequirements(code) ? ["-r", "requirements.txt"] : []
        let wheels = VendoredWheels.directories(in: code).flatMap { ["--find-links", $0] }
        self.code = code
        if program.isPackage(in: code) {
            subject = .package
            arguments = ["."] + requirements + wheels
        } else {
            guard !requirements.isEmpty else { return nil }
            subject = .requirements
            arguments = requirements + wheels
        }
    }

    /// The class of a failure of this installation.
    public var failureClass: FailureClass {
        switch subject {
        case .requirements: .installRequirements
        case .package: .installModule
        }
    }

    /// The words for an index, or for none.
    ///
    /// Without an index a package can only be built by what is installed already, unless the wheels bring a backend.
    func words(from index: PackageIndex) -> [String] {
        guard case .none = index else { return arguments }
        let builds = subject == .package && !VendoredWheels.buildPackages(in: code)
        return arguments + ["--no-index"] + (builds ? ["--no-build-isolation"] : [])
    }

    /// How much of a requirements.txt is looked at, in bytes.
    private static let lookedAt = 1 << 20

    private static func needsRequirements(_ code: FilePath) -> Bool {
        guard let bytes = try? readFile(code.appending("requirements.txt"), limit: lookedAt) else { return false }
        // Nobody writes so many comments: whatever it is, pip shall say what it thinks of it, and not in this process.
        if bytes.count == lookedAt { return true }
        return bytes.split(separator: UInt8(ascii: "\n")).contains { line in
            let text = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
            return !text.isEmpty && text.first != UInt8(ascii: "#")
        }
    }
}
