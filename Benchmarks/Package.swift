// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
// Measurements, in a package of their own: built in release, never part of the tests.
import PackageDescription

let package = Package(
    name: "Benchmarks",
    dependencies: [
        .package(name: "otklik", path: "..")
    ],
    targets: [
        .executableTarget(
            name: "smtp-load",
            dependencies: [.product(name: "OtklikPost", package: "otklik")],
            swiftSettings: [.swiftLanguageMode(.v6)])
    ]
)
