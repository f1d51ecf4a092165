/// The Python program that calls a framework's function, as text: the runtime is one file and lays none beside itself.
public enum FrameworkBridge {
    /// Names the file that the program writes one line of JSON to, when the function did not return.
    public static let reportVariable = "TRAIN_FRAMEWORK_REPORT"

    /// The arguments after the interpreter's own name, for a value of SAGEMAKER_TRAINING_MODULE.
    public static func arguments(module: String) -> [String] { ["-c", source, module] }
}
