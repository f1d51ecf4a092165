// swift-tools-version: 6.2
import PackageDescription

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where ISA-L is, which makes packing fast: "system", a directory with include/ and lib/ that `scripts/build-isal`
/// made, or nothing; then zlib does the work.
///
/// `TRAIN_ISAL` names one of the three: `system`, a path, `no`.
let isal: String? = {
    if let named = Context.environment["TRAIN_ISAL"] { return named == "no" ? nil : named }
    let places = ["/usr/include", "/usr/local/include"]
    return places.contains { access("\($0)/isa-l/igzip_lib.h", R_OK) == 0 } ? "system" : nil
}()
let isalDirectory: String? = isal == "system" ? nil : isal

/// Language features that every Swift target is built with.
let strict: [SwiftSetting] = [
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
    .enableUpcomingFeature("ExistentialAny"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
    .enableUpcomingFeature("InternalImportsByDefault"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
    .enableUpcomingFeature("MemberImportVisibility"),
    // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0443-warning-control-flags.md
    .treatAllWarnings(as: .error),
    .swiftLanguageMode(.v6),
]

let package = Package(
    name: "container-runtime",
    products: [
        .library(name: "ContainerRuntime", targets: ["ContainerRuntime"]),
        .executable(name: "train", targets: ["train"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.86.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.34.0"),
    ],
    targets: [
        // C that Swift cannot import: one topic a header.
        .target(name: "CLinux", cSettings: [.define("_GNU_SOURCE")]),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // libpcre2-dev; the static library is in the same package.
        .target(name: "CRegex", linkerSettings: [.linkedLibrary("pcre2-8")]),
        .target(name: "CDeflate"),
        .target(name: "CSha256"),
        .target(
            name: "CIsal",
            cSettings: (isal == nil ? [] : [.define("CISAL_LINKED")])
                + (isalDirectory.map { [.unsafeFlags(["-I\($0)/include"])] } ?? []),
            linkerSettings: (isal == nil ? [] : [.linkedLibrary("isal")])
                + (isalDirectory.map { [.unsafeFlags(["-L\($0)/lib"])] } ?? [])
        ),

        .target(
            name: "ContainerRuntime",
            dependencies: [
                "CLinux", "CArchive", "CZlib", "CDeflate", "CSha256", "CIsal", "CRegex",
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        // S3 and HTTP, apart: whoever uses the library alone needs no HTTP stack.
        .target(
            name: "ObjectStore",
            dependencies: [
                "ContainerRuntime", "CLinux", "CZlib",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "train",
            dependencies: [
                "ContainerRuntime", "ObjectStore",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict
        ),

        // An example that is built and run by the tests; Examples/swift-trainer/Package.swift is its own.
        .executableTarget(
            name: "example-swift-trainer",
            dependencies: ["ContainerRuntime", .product(name: "SystemPackage", package: "swift-system")],
            path: "Examples/swift-trainer/Sources",
            swiftSettings: strict
        ),

        // The programs of the tests: small, without a runtime of their own, so that what they show is the supervisor's work.
        .executableTarget(name: "probe", path: "Tests/Probe", cSettings: [.define("_GNU_SOURCE")]),
        .target(
            name: "TestSupport",
            dependencies: ["CLinux", .product(name: "SystemPackage", package: "swift-system")],
            path: "Tests/TestSupport",
            swiftSettings: strict
        ),
        .testTarget(
            name: "RuntimeTests",
            dependencies: [
                "ContainerRuntime", "ObjectStore", "CLinux", "CZlib", "CDeflate", "CSha256", "TestSupport", "train",
                "probe", "example-swift-trainer",
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: [
                "Conformance/Cases", "ObjectStore/Support/store.py", "ObjectStore/Support/orders.py",
                "ObjectStore/Support/hostile.py", "ObjectStore/Support/pages.py", "ObjectStore/Support/codeartifact.py",
                "Launch/launcher-commands.json", "Launch/lab", "Outcome/failures.txt",
            ],
            swiftSettings: strict
        ),
    ]
)
