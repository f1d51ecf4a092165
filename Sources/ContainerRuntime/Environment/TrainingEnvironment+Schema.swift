import SystemPackage

extension TrainingEnvironment {
    /// Holds the hyperparameters against the schema in the code directory, once the code is there, and fills defaults in.
    ///
    /// No schema asks for nothing. Keywords that are not checked are in `schemaWarnings` afterwards.
    ///
    /// - Throws: `Failure` where the schema cannot be used, or all that is wrong with the hyperparameters.
    public mutating func meetSchema() throws(Failure) {
        let problems = try takeSchema()
        guard problems.isEmpty else { throw Failure(.hyperparametersRefused(problems), schemaFile.string) }
    }

    /// As `meetSchema`, with what is wrong with the hyperparameters as values; where something is, no default is filled in.
    mutating func takeSchema() throws(Failure) -> [HyperparameterProblem] {
        guard let schema = try HyperparameterSchema.read(in: paths.code) else { return [] }
        if !schema.uncheckedKeywords.isEmpty {
            schemaWarnings = [.schemaKeywordsUnchecked(path: schemaFile.string, keywords: schema.uncheckedKeywords)]
        }
        let filled = configuration.hyperparameters.filling(schema.defaults(for: configuration.hyperparameters))
        let problems = schema.problems(with: filled)
        if problems.isEmpty { try use(filled) }
        return problems
    }

    var schemaFile: FilePath { paths.code.appending(HyperparameterSchema.fileName) }
}
