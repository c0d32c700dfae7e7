// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
// Four small stable libraries, one product module with walled rooms, one executable. docs/ARCHITECTURE.md says why.
import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioLocks: Target.Dependency = .product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioTLS: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "otklik",
    products: [
        .executable(name: "otklik", targets: ["otklik"]),
        .library(name: "OtklikLibraries", targets: ["Storage", "Durable", "Post", "Markup", "App"]),
        .library(name: "OtklikPost", targets: ["Post"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CIdn2", pkgConfig: "libidn2", providers: [.apt(["libidn2-dev"])]),
        .systemLibrary(name: "CResolve"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .target(name: "CMemory"),
        // These are not linked but loaded when they are needed: docs/decisions/0007-libraries-on-demand.md.
        .target(name: "CCurl"),
        .target(name: "CGd"),
        .target(name: "CPostgres"),

        .target(
            name: "Storage",
            dependencies: ["CPostgres", "CSQLite", logging, nioLocks],
            exclude: ["README.md"],
            swiftSettings: strict),
        .target(
            name: "Durable", dependencies: ["Storage", logging, lifecycle, nioLocks], exclude: ["README.md"],
            swiftSettings: strict),
        .target(
            name: "Post",
            dependencies: [
                "CCurl", "CIdn2", "CResolve", crypto, cryptoExtras, logging, nioCore, nioPosix, nioLocks, nioSSL,
                nioTLS,
            ],
            exclude: ["README.md"],
            swiftSettings: strict),
        .target(name: "Markup", swiftSettings: strict),
        .target(name: "WebParts", swiftSettings: strict, plugins: ["EmbedAssets"]),

        .executableTarget(name: "embed-assets", swiftSettings: strict),
        .plugin(name: "EmbedAssets", capability: .buildTool(), dependencies: ["embed-assets"]),
        .target(
            name: "App",
            dependencies: [
                "Storage", "Durable", "Post", "Markup", "WebParts", "CGd", "CMemory", "CSodium", "CZip", "CZlib",
                crypto, hummingbird, hummingbirdCore, httpTypes, lifecycle, logging, nioCore, nioHTTP1, nioPosix,
                nioLocks, yams,
            ],
            swiftSettings: strict,
            plugins: ["EmbedAssets"]),
        .executableTarget(
            name: "otklik", dependencies: ["App", "Markup", "Storage", arguments, lifecycle, logging],
            swiftSettings: strict),

        .target(
            name: "TestSupport",
            dependencies: [
                "App", "Storage", "Durable", "Post", "Markup", hummingbird, httpTypes, logging, nioCore, nioEmbedded,
                nioPosix, nioLocks, nioSSL,
            ],
            path: "Tests/TestSupport", swiftSettings: strict),
        .testTarget(name: "StorageTests", dependencies: ["Storage", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "DurableTests", dependencies: ["Durable", "Storage", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "PostTests", dependencies: ["Post", "TestSupport", nioCore, nioPosix], swiftSettings: strict),
        .testTarget(name: "MarkupTests", dependencies: ["Markup"], swiftSettings: strict),
        .testTarget(
            name: "AppTests", dependencies: ["App", "TestSupport", hummingbird, httpTypes], swiftSettings: strict),
        .testTarget(name: "CommandTests", dependencies: ["App", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "HouseTests", dependencies: ["App", "Storage", "TestSupport", hummingbird, httpTypes],
            swiftSettings: strict),
        .testTarget(name: "EndToEndTests", dependencies: ["App", "TestSupport"], swiftSettings: strict),
    ]
)
