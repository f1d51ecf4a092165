import SystemPackage

/// Where the code comes from, and whether it can be looked at already.
enum CodeCheck {
    static func isInPlace(
        _ source: CodeSource,
        _ paths: TrainingPaths,
        _ incoming: EnvironmentVariables,
        _ findings: inout [Finding]
    ) -> Bool {
        switch source {
        case .none: return true
        case .inPlace(let unused):
            if let unused {
                let problem = "\(paths.code) has code in it, so that \(unused) is left alone"
                findings.append(Finding(.warning, paths.code.string, problem, advice: "empty one of the two"))
            }
            return true
        case .fetch(let source, let reason):
            findings.append(finding(source, reason, incoming))
            return false
        }
    }

    private static func finding(
        _ source: String,
        _ reason: CodeSource.Reason,
        _ incoming: EnvironmentVariables
    ) -> Finding {
        let location: CodeLocation
        do throws(Failure) {
            location = try CodeLocation(source)
        } catch {
            return Finding(error, advice: "name a place that train fetch knows")
        }
        switch location {
        case .path(let path) where !FileSystem.exists(path):
            let advice = "put the code there, or into the code directory"
            return Finding(
                .error,
                source,
                "the code should come from here (\(reason.rawValue)): no such file",
                advice: advice
            )
        case .path(let path) where !FileSystem.isAccessible(path, .read):
            return Finding(.error, source, "the code cannot be read", advice: "let this user read it")
        case .object where !CodeSource.namesCredentials { incoming.text($0) }:
            let problem = "the code comes from here (\(reason.rawValue)), and no variable names credentials"
            return Finding(
                .warning,
                source,
                problem,
                advice: "set AWS_ACCESS_KEY_ID and its like, or rely on the machine's role"
            )
        case .path, .object, .web:
            let problem = "the code comes from here (\(reason.rawValue)); what is in it could not be checked"
            return Finding(.warning, source, problem, advice: "bring it with train fetch, and check again")
        }
    }
}
