// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
// Measurements, in a package of their own: built in release, never part of the tests.
import PackageDescription

let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "otklik", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    ],
    targets: [
        .executableTarget(
            name: "smtp-load",
            dependencies: [.product(name: "OtklikPost", package: "otklik")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "dkim-cost",
            dependencies: [.product(name: "OtklikPost", package: "otklik")],
            swiftSettings: [.swiftLanguageMode(.v6)]),
        .executableTarget(
            name: "delay-proxy",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: [.swiftLanguageMode(.v6)]),
    ]
)
