import SystemPackage

/// What installs and from where: what would end the installation, and what would go another way than was meant.
enum InstallerCheck {
    static func findings(
        _ program: Program?,
        _ facts: TrainingEnvironment,
        _ planner: JobPlanner
    ) -> [Finding] {
        let code = facts.paths.code
        let wheels = WheelCheck.findings(code)
        guard let program, let installation = planner.installation(program) else {
            guard program != nil, let first = VendoredWheels.directories(in: code).first else { return [] }
            let place = code.appending(FilePath(first).components).lexicallyNormalized().string
            let problem = "the wheels here are not installed: no requirements.txt names them"
            return [Finding(.warning, place, problem, advice: "name their packages in requirements.txt")]
        }
        // One that is missing is told already.
        guard let python = try? planner.python() else { return wheels }
        let installer: PackageInstaller
        do throws(Failure) {
            installer = try planner.installer()
        } catch {
            return wheels + [Finding(error, advice: "mend the variable, or leave it away")]
        }
        var findings = wheels
        if planner.job.settings.installer == .uv, PipSettings.onlyPipKnows(facts.incoming, python) {
            let problem = "uv is asked for, and passes over what only pip is told (PIP_… variables, pip.conf)"
            let advice = "take auto, which leaves it to pip, or tell uv by UV_… variables"
            findings.append(Finding(.warning, "TRAIN_INSTALLER", problem, advice: advice))
        }
        guard case .none(let reason) = installer.index else { return findings }
        let because = "no index is asked, since \(reason.rawValue)"
        if installation.words(from: installer.index).contains("--no-build-isolation") {
            let problem = "\(because): the package is built by what is installed"
            let advice = "install setuptools, or what pyproject.toml names, in the image, or bring its wheel along"
            findings.append(Finding(.warning, code.string, problem, advice: advice))
        }
        // Somebody who says where packages lie knows what is there.
        let hasLinks = PipSettings.hasLinks(facts.incoming, python)
        return hasLinks ? findings : findings + WheelCheck.missing(code, because)
    }
}
