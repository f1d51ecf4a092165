import SystemPackage

extension TrainingEnvironment {
    /// Holds the hyperparameters against the schema in the code directory, once the code is there, and fills defaults in.
    ///
    /// No schema asks for nothing. Keywords that are not checked are in `schemaWarnings` afterwards.
    ///
    /// - Throws: `Failure` where the schema cannot be used, or all that is wrong with the hyperparameters.
    public mutating func meetSchema() throws(Failure) {
        guard let schema = try HyperparameterSchema.read(in: paths.code) else { return }
        let file = paths.code.appending(HyperparameterSchema.fileName).string
        if !schema.uncheckedKeywords.isEmpty {
            schemaWarnings = [.schemaKeywordsUnchecked(path: file, keywords: schema.uncheckedKeywords)]
        }
        let filled = configuration.hyperparameters.filling(schema.defaults(for: configuration.hyperparameters))
        let problems = schema.problems(with: filled)
        guard problems.isEmpty else { throw Failure(.hyperparametersRefused(problems), file) }
        try use(filled)
    }
}
