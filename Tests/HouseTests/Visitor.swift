// SPDX-License-Identifier: Apache-2.0
// Somebody who follows every link that is shown to them, and notes those that lead nowhere.
import Foundation
import HTTPTypes
import TestSupport

@testable import App

/// An address of the product, as Assembly lists it.
struct RouteAddress: Hashable, Comparable, CustomStringConvertible {
    let method: String
    let path: String

    var description: String { "\(method) \(path)" }
    private var parts: [Substring] { path.split(separator: "/") }
    /// Fewer of these are a better fit: `/people/new` before `/people/:person`.
    fileprivate var holes: Int { parts.count { Self.isHole($0) } }

    private static func isHole(_ part: Substring) -> Bool {
        part.hasPrefix(":") || part.hasPrefix("{") || part.hasPrefix("*")
    }

    fileprivate func fits(_ path: String) -> Bool {
        let given = path.split(separator: "/")
        let parts = self.parts
        guard parts.count == given.count || (parts.last == "**" && given.count >= parts.count) else { return false }
        return zip(parts, given).allSatisfy { $0 == $1 || Self.isHole($0) }
    }

    static func < (left: RouteAddress, right: RouteAddress) -> Bool { left.description < right.description }
}

/// All addresses of the product.
struct RouteTable {
    let routes: [RouteAddress]

    /// The route that answers; nil when none does.
    func route(_ method: String, _ path: String) -> RouteAddress? {
        routes.filter { $0.method == method && $0.fits(path) }.min { $0.holes < $1.holes }
    }
}

/// One person in one language.
final class Visitor {
    /// More distinct addresses than a small centre shows; a page that makes ever new ones is found by it.
    static let most = 2_000

    /// Addresses of one route that are asked for; of more only the route is looked up, since one code writes them all.
    static let mostOfOneRoute = 15

    let name: String
    private let browser: Browser
    private let language: String
    private let table: RouteTable
    /// Every address that was looked at, by the page on which it was first seen.
    private var seen: [String: String] = [:]
    private var waiting: [String] = []
    private var asked: [RouteAddress: Int] = [:]
    /// Where each form to post was seen, by its route.
    private var forms: [RouteAddress: (page: String, action: String)] = [:]
    private(set) var reached: Set<RouteAddress> = []
    private(set) var sent: Set<RouteAddress> = []
    private(set) var faults: [String] = []

    init(_ name: String, _ browser: Browser, language: String, table: RouteTable) {
        self.name = name
        self.browser = browser
        self.language = language
        self.table = table
    }

    /// Begins at some addresses and follows everything until nothing new is found.
    func walk(from starts: [String]) async throws {
        for start in starts { note(start, on: "the start") }
        try await goOn()
    }

    private func goOn() async throws {
        while let next = waiting.popLast() {
            guard seen.count <= Self.most else { return fault("more than \(Self.most) addresses, such as \(next)") }
            try await look(at: next)
        }
    }

    /// Sends every kind of form once, as it is rendered: the deepest first, since the others change more.
    func sendForms(last: Set<String>) async throws {
        let sorted = forms.keys.sorted {
            (last.contains($0.path) ? 1 : 0, -$0.path.count, $0) < (last.contains($1.path) ? 1 : 0, -$1.path.count, $1)
        }
        for route in sorted {
            guard let place = forms[route] else { continue }
            let page = RenderedPage(try await browser.get(place.page, language: language).body)
            let form = page.forms.first {
                table.route("POST", Self.path(resolve($0.action.address, place.page))) == route
            }
            guard let form else { continue }
            sent.insert(route)
            let answer = try await browser.post(
                resolve(form.action.address, place.page), form.fields.filter { !$0.key.hasPrefix("\u{0}") })
            if isDead(answer.status) { fault("\(answer.status.code) for the form \(route) on \(place.page)") }
            // What the action answers is a page too: refused fields, a secret that is shown once, the next step.
            if answer.headers[.contentType]?.hasPrefix("text/html") == true {
                read(RenderedPage(answer.body), at: Self.path(place.action))
            }
            if let location = answer.headers[.location] { note(resolve(location, place.page), on: place.action) }
            try await goOn()
        }
    }

    private func look(at address: String) async throws {
        let path = Self.path(address)
        let origin = seen[address] ?? ""
        guard let route = table.route("GET", path) else { return fault("no route for \(address) on \(origin)") }
        reached.insert(route)
        asked[route, default: 0] += 1
        guard asked[route, default: 0] <= Self.mostOfOneRoute else { return }
        let answer = try await browser.get(address, language: language)
        if isDead(answer.status) { return fault("\(answer.status.code) for \(address) on \(origin)") }
        if let location = answer.headers[.location] { note(resolve(location, address), on: address) }
        guard answer.headers[.contentType]?.hasPrefix("text/html") == true else { return }
        read(RenderedPage(answer.body), at: address)
    }

    private func read(_ page: RenderedPage, at address: String) {
        for link in page.links {
            if link.address.hasPrefix("#") {
                if !page.ids.contains(String(link.address.dropFirst())) { fault("no \(link.address) on \(address)") }
                continue
            }
            if ["mailto:", "data:", "otpauth:"].contains(where: { link.address.hasPrefix($0) }) { continue }
            let target = resolve(link.address, address)
            guard target.hasPrefix("/") else {
                fault("\(target) on \(address) leads away")
                continue
            }
            guard link.method == "POST" else {
                note(target, on: address)
                continue
            }
            if let route = table.route("POST", Self.path(target)) {
                reached.insert(route)
                forms[route] = forms[route] ?? (address, target)
            } else {
                fault("no route for the form \(target) on \(address)")
            }
        }
    }

    private func note(_ address: String, on page: String) {
        guard seen[address] == nil else { return }
        seen[address] = page
        waiting.append(address)
    }

    private func fault(_ text: String) { faults.append("\(name): \(text)") }

    /// What a link that somebody is shown may not answer.
    private func isDead(_ status: HTTPResponse.Status) -> Bool {
        [401, 403, 404, 405].contains(status.code) || status.code >= 500
    }

    private static func path(_ address: String) -> String {
        String(address.prefix { $0 != "?" && $0 != "#" })
    }

    /// An address as it is asked for: absolute ones of this installation without their host, relative ones completed.
    private func resolve(_ address: String, _ page: String) -> String {
        let own = browser.app.otklik.installation.baseURL
        if address == own { return "/" }
        if address.hasPrefix(own + "/") { return String(address.dropFirst(own.count)) }
        if address.isEmpty { return page }
        if address.hasPrefix("?") { return Self.path(page) + address }
        return String(address.prefix { $0 != "#" })
    }
}
