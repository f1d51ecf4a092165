/// The version of this runtime.
public enum RuntimeVersion {
    /// The number, as `train --version` prints it: https://semver.org.
    public static let number = "0.1.0"
}
