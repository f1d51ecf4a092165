extension PackingOptions {
    /// The time of every entry that the variable `SOURCE_DATE_EPOCH` asks for, or 0.
    ///
    /// Source: https://reproducible-builds.org/specs/source-date-epoch/
    ///
    /// - Throws: `Failure` with code `settingUnusable`.
    package static func modificationTime(_ environment: EnvironmentVariables) throws(Failure) -> Int {
        let name: RawString = "SOURCE_DATE_EPOCH"
        guard let text = environment[name]?.description, !text.isEmpty else { return 0 }
        guard let seconds = Int(text), 0..<1 << 40 ~= seconds else {
            throw Failure(.settingUnusable(expected: "seconds since 1970", found: text), name.description)
        }
        return seconds
    }
}
