import SystemPackage

/// What pip is configured for, and what of it uv understands.
enum PipSettings {
    /// Variables of pip that have the same meaning for uv, under another name.
    ///
    /// https://docs.astral.sh/uv/reference/environment/
    private static let translated: [(pip: String, uv: String)] = [
        ("PIP_INDEX_URL", "UV_INDEX_URL"), ("PIP_FIND_LINKS", "UV_FIND_LINKS"),
        ("PIP_TRUSTED_HOST", "UV_INSECURE_HOST"), ("PIP_NO_CACHE_DIR", "UV_NO_CACHE"),
        ("PIP_EXTRA_INDEX_URL", "UV_EXTRA_INDEX_URL"), ("PIP_CONSTRAINT", "UV_CONSTRAINT"),
    ]

    /// Variables of pip without which uv installs the same.
    private static let unimportant: Set<String> = [
        "PIP_INDEX_URL", "PIP_FIND_LINKS", "PIP_TRUSTED_HOST", "PIP_NO_CACHE_DIR", "PIP_NO_INDEX", "PIP_CACHE_DIR",
        "PIP_DISABLE_PIP_VERSION_CHECK", "PIP_NO_INPUT", "PIP_ROOT_USER_ACTION", "PIP_PROGRESS_BAR", "PIP_NO_COLOR",
        "PIP_QUIET", "PIP_VERBOSE", "PIP_RETRIES", "PIP_DEFAULT_TIMEOUT", "PIP_TIMEOUT", "PIP_BREAK_SYSTEM_PACKAGES",
        "PIP_NO_COMPILE", "PIP_NO_WARN_SCRIPT_LOCATION",
    ]

    /// Whether something is configured that uv would pass over, or take otherwise: it takes a name from the first index
    /// that has it, where pip looks at all of them.
    static func onlyPipKnows(
        _ incoming: EnvironmentVariables,
        _ python: FilePath,
        systemFiles: [FilePath] = systemFiles
    ) -> Bool {
        let isForPip = incoming.entries.contains { entry in
            guard let name = EnvironmentVariables.name(of: entry)?.description, name.hasPrefix("PIP_") else {
                return false
            }
            return !unimportant.contains(name) && entry.bytes.count > name.utf8.count + 1
        }
        return isForPip || (systemFiles + files(incoming, python)).contains { FileSystem.isAccessible($0, .read) }
    }

    /// Whether somebody has said where packages lie, besides an index.
    static func hasLinks(_ incoming: EnvironmentVariables, _ python: FilePath) -> Bool {
        if ["PIP_FIND_LINKS", "UV_FIND_LINKS"].contains(where: { incoming.text($0)?.isEmpty == false }) { return true }
        let named = incoming.text("PIP_CONFIG_FILE").map { [FilePath($0)] } ?? []
        return (systemFiles + files(incoming, python) + named).contains { file in
            (try? readFile(file, limit: 1 << 16))?.firstRange(of: Array("find-links".utf8)) != nil
        }
    }

    /// Files of pip's settings for everybody.
    ///
    /// https://pip.pypa.io/en/stable/topics/configuration/#location
    static let systemFiles: [FilePath] = ["/etc/pip.conf", "/etc/xdg/pip/pip.conf"]

    private static func files(_ incoming: EnvironmentVariables, _ python: FilePath) -> [FilePath] {
        var files: [FilePath] = []
        let home = incoming.text("HOME").flatMap { $0.isEmpty ? nil : FilePath($0) }
        let own =
            incoming.text("XDG_CONFIG_HOME").flatMap { $0.isEmpty ? nil : FilePath($0) } ?? home?.appending(".config")
        if let own { files.append(own.appending("pip/pip.conf")) }
        if let home { files.append(home.appending(".pip/pip.conf")) }
        files.append(python.removingLastComponent().removingLastComponent().appending("pip.conf"))
        return files
    }

    /// The variables of the installer's process.
    ///
    /// It asks nobody, does not look for a newer pip, and keeps what it downloads where a warm pool keeps it for the next job:
    /// https://docs.aws.amazon.com/sagemaker/latest/dg/train-warm-pools.html#train-warm-pools-persistent-cache
    static func variables(for tool: PackageInstaller.Tool, _ incoming: EnvironmentVariables) -> EnvironmentVariables {
        var variables = incoming
        var wanted = [("PYTHONUNBUFFERED", "1")]
        switch tool {
        case .pip:
            wanted += [
                ("PIP_DISABLE_PIP_VERSION_CHECK", "1"), ("PIP_NO_INPUT", "1"), ("PIP_ROOT_USER_ACTION", "ignore"),
            ]
        case .uv:
            // A Python of uv's own would not be the one that runs the program.
            wanted += [("UV_PYTHON_DOWNLOADS", "never"), ("UV_NO_PROGRESS", "1")]
            wanted += translated.compactMap { names in
                incoming.text(names.pip).flatMap { $0.isEmpty ? nil : (names.uv, forUV(names.pip, $0)) }
            }
        }
        if let cache = cache(incoming) {
            wanted += [
                ("PIP_CACHE_DIR", cache.appending("pip").string), ("UV_CACHE_DIR", cache.appending("uv").string),
            ]
        }
        for (name, value) in wanted where incoming.text(name) == nil {
            if let name = RawString(name), let value = RawString(value) { variables.set(name, value) }
        }
        return variables
    }

    /// A value in uv's manner: places are parted by commas, and only some words are true.
    private static func forUV(_ name: String, _ value: String) -> String {
        switch name {
        case "PIP_FIND_LINKS": value.split(separator: " ").joined(separator: ",")
        // pip takes every value for true, "off" too: cmdoptions.py, _handle_no_cache_dir.
        case "PIP_NO_CACHE_DIR": "1"
        default: value
        }
    }

    private static func cache(_ incoming: EnvironmentVariables) -> FilePath? {
        guard let named = incoming.text("SAGEMAKER_MANAGED_WARMPOOL_CACHE_DIRECTORY"), named.hasPrefix("/") else {
            return nil
        }
        let directory = FilePath(named)
        guard (try? FileStatus(directory))?.isDirectory == true, FileSystem.isAccessible(directory, [.write, .execute])
        else {
            return nil
        }
        return directory
    }
}
