import SystemPackage

/// The hyperparameters of a local run, in the form in which the SDK's estimators send them: each value as JSON in a string.
enum LocalHyperparameters {
    /// Names that the tree itself has to give a value.
    private static let own: Set<String> = ["sagemaker_program", "sagemaker_submit_directory", "sagemaker_job_name"]

    /// Reads `--hyperparameters` and `--hyperparameter`; the latter beats the file.
    ///
    /// - A value of the command line that is JSON (`3`, `0.1`, `true`, `[1,2]`, `"3"`) is that value, anything else a text.
    /// - The file is an object as an estimator's `hyperparameters=` has it.
    static func read(_ options: LocalOptions) throws(Failure) -> JSONObject {
        var written = JSONObject()
        if let file = options.hyperparameterFile {
            let path = try LocalRequest.existing(file, "--hyperparameters", "a JSON file that is there")
            for (key, value) in try ConfigurationFile.readObject(path) ?? JSONObject() {
                try check(key, "--hyperparameters")
                written[key] = .string(JSONWriter.text(value))
            }
        }
        var given: Set<ExactText> = []
        for text in options.hyperparameters {
            guard let pair = NamedValue(text) else {
                throw .option("--hyperparameter", expected: "NAME=VALUE", found: text)
            }
            try check(pair.name, "--hyperparameter")
            guard given.insert(ExactText(text: pair.name)).inserted else {
                throw .option("--hyperparameter \(pair.name)", expected: "given once", found: text)
            }
            let isJSON = (try? JSONReader.read(text: pair.value)) != nil
            written[pair.name] = .string(isJSON ? pair.value : JSONWriter.text(.string(pair.value)))
        }
        return written
    }

    private static func check(_ name: String, _ option: String) throws(Failure) {
        if own.contains(name) {
            throw .option(option, expected: "a name other than those that train local sets itself", found: name)
        }
        guard 1...256 ~= name.unicodeScalars.count else {
            throw .option(option, expected: "a name of 1 to 256 characters", found: name)
        }
    }
}
