// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "swift-trainer",
    dependencies: [
        // In a package of your own: .package(url: "…", from: "…")
        .package(name: "container-runtime", path: "../.."),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        .executableTarget(
            name: "swift-trainer",
            dependencies: [
                .product(name: "ContainerRuntime", package: "container-runtime"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Sources",
            swiftSettings: [.swiftLanguageMode(.v6)]
        )
    ]
)
