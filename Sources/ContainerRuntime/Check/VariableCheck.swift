import SystemPackage

/// The variables: names that meet, names that no variable can have, and more than the kernel takes.
enum VariableCheck {
    static func findings(_ facts: TrainingEnvironment) -> [Finding] {
        let meeting = facts.allVariables().warnings.map { warning in
            Finding(warning, place: place(warning), advice: "rename one of them, or read SM_HPS, which has all")
        }
        do throws(Failure) {
            let tooLong = try facts.variables(files: .planned()).warnings.compactMap { warning -> Finding? in
                guard case .variableInFile(let name, let bytes, _) = warning else { return nil }
                let problem =
                    "\(bytes) bytes are too much for the environment; the value will be in the file that \(name)_FILE names"
                return Finding(.warning, name, problem, advice: "pass it as a file of a channel, or read \(name)_FILE")
            }
            return meeting + tooLong
        } catch {
            return meeting + [
                Finding(error, advice: "pass less as hyperparameters: a file of a channel has no such limit")
            ]
        }
    }

    private static func place(_ warning: JobWarning) -> String {
        switch warning {
        case .variableCollision(let name, _, _), .variableValueUnusable(let name): name
        case .variableNameUnusable(let key): key
        default: "variables"
        }
    }
}
