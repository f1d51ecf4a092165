import SystemPackage

/// Wheels that came with the code, for jobs that reach no index, or should not need one.
enum VendoredWheels {
    /// Where they are looked for, besides the code directory itself: the names that `pip download -d` and `pip wheel -w` are
    /// told in practice.
    static let names = ["wheels", "wheelhouse", "vendor", "lib", "dependencies"]

    /// The directories of a code directory that hold a wheel, relative to it.
    static func directories(in code: FilePath) -> [String] {
        ["."].filter { _ in hasWheel(code) } + names.filter { hasWheel(code.appending($0)) }
    }

    /// Whether a wheel of a backend that builds packages is among them.
    static func buildPackages(in code: FilePath) -> Bool {
        directories(in: code).contains { directory in
            wheels(code.appending(FilePath(directory).components)).contains { name in
                backends.contains { name.lowercased().hasPrefix($0) }
            }
        }
    }

    private static let backends = ["setuptools-", "hatchling-", "flit_core-", "poetry_core-", "pdm_backend-"]

    private static func hasWheel(_ directory: FilePath) -> Bool { !wheels(directory).isEmpty }

    /// The names of the wheels in a directory.
    static func wheels(_ directory: FilePath) -> [String] {
        DirectoryListing.names(directory).filter { $0.hasSuffix(".whl") && !$0.hasPrefix(".") }
    }
}
