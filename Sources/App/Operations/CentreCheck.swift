// SPDX-License-Identifier: Apache-2.0
// A planned file judged by the rooms' own rules, against what there will be; each fault gets its place in the file.

/// Collects what is wrong with a plan.
struct CentreCheck {
    let plan: CentrePlan
    let file: CentreFile
    private(set) var faults: [CentreFault]

    init(_ plan: CentrePlan, _ file: CentreFile) {
        self.plan = plan
        self.file = file
        faults = plan.reading.faults
        checkFormerNames()
        checkCentre()
        checkTeams()
        checkPeople()
        checkServices()
        checkFields()
        checkForms()
        checkWorkflows()
        checkConfigurations()
        checkMail()
    }

    // MARK: Faults

    mutating func refuse(
        _ path: CentrePath, _ code: String, _ key: String, _ arguments: [String: String] = [:]
    ) {
        faults.append(plan.reading.fault(path, code: code, key: "operations.file." + key, arguments: arguments))
    }

    /// What a room refused, at the place that its field leads to.
    mutating func take(_ refusals: Refusals, _ place: (Refusal) -> CentrePath) {
        for refusal in refusals.all {
            faults.append(
                plan.reading.fault(
                    place(refusal), code: refusal.code, key: refusal.key, arguments: refusal.arguments))
        }
    }

    /// A room's field, such as `folders.0.name`, below an entry.
    static func path(_ field: String?, below path: CentrePath) -> CentrePath {
        (field ?? "").split(separator: ".").reduce(path) { path, step in
            Int(step).map { path / $0 } ?? path / String(step)
        }
    }

    /// The id that a name of the file means; nil, and a fault, when nothing has that name.
    mutating func find<ID>(
        _ name: String, _ kind: CentreLookup.Kind, in ids: [String: ID], at path: CentrePath
    ) -> ID? {
        if let id = ids[name.folded] { return id }
        if plan.spoiled[kind]?.contains(name.folded) == true || plan.reading.isUnreadable(kind.rawValue + "s") {
            return nil
        }
        refuseUnknown(name, kind, among: plan.lookup.names[kind] ?? [], at: path)
        return nil
    }

    mutating func refuseUnknown(
        _ name: String, _ kind: CentreLookup.Kind, among names: [String], at path: CentrePath
    ) {
        var arguments = ["name": CentrePathText.short(name)]
        if let nearest = NearestName.of(name, among: names) {
            arguments["nearest"] = nearest
            refuse(path, "unknown_\(kind.rawValue)", "unknownNear.\(kind.rawValue)", arguments)
        } else {
            refuse(path, "unknown_\(kind.rawValue)", "unknown.\(kind.rawValue)", arguments)
        }
    }

    private mutating func checkFormerNames() {
        let wrong =
            plan.teams.wrongFormerNames + plan.services.wrongFormerNames + plan.forms.wrongFormerNames
            + plan.workflows.wrongFormerNames
        for path in wrong { refuse(path / "was", "was_taken", "wasTaken") }
        for entry in plan.services.entries ?? [] {
            for place in plan.contents[entry.id]?.wrongFormerNames ?? [] {
                let folder = entry.path / "folders" / place[0]
                refuse((place.count > 1 ? folder / "dispositions" / place[1] : folder) / "was", "was_taken", "wasTaken")
            }
        }
        for path in plan.configurations.wrongFormerNames { refuse(path / "was", "was_taken", "wasTaken") }
    }

    // MARK: The centre and its people

    private mutating func checkCentre() {
        guard let entry = plan.centre else { return }
        let places = [
            "askWithinHours": "asking.withinHours", "askOnceInDays": "asking.onceInDays",
            "askPerYear": "asking.perYear",
            "askSharePercent": "asking.sharePercent", "minimumN": "minimumAnswers",
        ]
        take(entry.part.change(of: plan.stored.tenant).refusals) { refusal in
            Self.path(refusal.field.map { places[$0] ?? $0 }, below: entry.path)
        }
    }

    private mutating func checkTeams() {
        for entry in plan.teams.entries ?? [] {
            if let refusal = Accounts.refusal(teamName: entry.part.name) {
                take(Refusals([refusal])) { _ in entry.path / "name" }
            }
        }
    }

    private mutating func checkPeople() {
        guard let entries = plan.people.entries else { return }
        let logins = Dictionary(plan.stored.people.map { ($0.person.id, $0.person.login) }) { first, _ in first }
        for entry in entries {
            take(entry.part.new(team: nil, supervised: []).refusals) { Self.path($0.field, below: entry.path) }
            if let login = entry.stored.flatMap({ logins[$0] }), login != entry.part.login {
                refuse(entry.path / "login", "other_spelling", "otherSpelling", ["name": login])
            }
            if let team = entry.part.team {
                _ = find(team, .team, in: plan.lookup.teams, at: entry.path / "team")
            }
            for team in entry.part.supervisedTeams {
                _ = find(team, .team, in: plan.lookup.teams, at: entry.path / "supervisedTeams")
            }
        }
        if plan.reading.isBroken("people") { return }
        let before = plan.stored.people.map(\.person).filter { $0.isActive && $0.roles.contains(.administrator) }
        let isLeft = entries.contains { $0.part.isActive && $0.part.roles.contains(.administrator) }
        if let refusal = Accounts.refusal(administrators: Set(before.map(\.id)), after: isLeft) {
            take(Refusals([refusal])) { _ in CentrePath() / "people" }
        }
    }

    // MARK: Mail

    private mutating func checkMail() {
        guard let entry = plan.smtp else { return }
        let places = [
            "sender_name": "senderName", "sender_email": "senderEmail", "bounce_email": "bounceEmail",
            "size_limit": "sizeLimitMegabytes", "bounce_limit": "bounceLimit",
            "messages_per_second": "messagesPerSecond",
            "user_name": "userName", "unknown_policy": "unknownPolicy",
        ]
        do {
            _ = try entry.part.settings(over: plan.stored.smtp, file.password)
        } catch let refusals as Refusals {
            for refusal in refusals.all where refusal.field == "password" { refusePassword(refusal, entry) }
            take(Refusals(refusals.all.filter { $0.field != "password" })) { refusal in
                Self.path(refusal.field.map { places[$0] ?? $0 }, below: entry.path)
            }
        } catch {
            refuse(entry.path, "smtp", "smtp")
        }
    }

    /// Where the password has to come from, in the file's own words.
    private mutating func refusePassword(_ refusal: Refusal, _ entry: CentreEntry<SMTPPart>) {
        if case .unset(let name) = file.password {
            refuse(entry.path / "passwordEnv", refusal.code, "passwordUnset", ["name": name])
        } else {
            refuse(entry.path / "userName", refusal.code, "passwordMissing")
        }
    }
}

extension CentrePart {
    func change(of tenant: Tenant) -> TenantChange {
        var change = TenantChange(tenant)
        change.name = name
        change.language = language
        change.timeZone = timeZone
        change.oneSurveyPerInteraction = oneSurveyPerInteraction
        change.minimumN = minimumAnswers
        change.askWithinHours = asking.withinHours
        change.askOnceInDays = asking.onceInDays
        change.askPerYear = asking.perYear
        change.askSharePercent = asking.sharePercent
        return change
    }
}

extension PersonPart {
    func new(team: TeamID?, supervised: Set<TeamID>) -> NewPerson {
        var new = NewPerson(login: login)
        new.firstName = firstName
        new.lastName = lastName
        new.email = email
        new.team = team
        new.roles = Set(roles)
        new.supervisedTeams = supervised
        new.language = language
        new.timeZone = timeZone
        return new
    }
}

extension SMTPPart {
    /// The settings as the page's form would make them.
    /// - Throws: ``Refusals`` by the form's fields.
    func settings(over stored: SMTPSettings?, _ password: CentreFile.Password) throws -> SMTPSettings {
        let old = stored ?? .initial(senderName: "", senderEmail: "")
        var form = SMTPSettingsForm(old)
        form.senderName = senderName
        form.senderEmail = senderEmail
        form.bounceEmail = bounceEmail ?? ""
        form.bounceLimit = String(bounceLimit)
        form.connections = String(connections)
        form.messagesPerSecond = messagesPerSecond.map { String($0) } ?? ""
        form.host = host ?? ""
        form.port = String(port)
        form.sizeLimit = sizeLimitMegabytes.map { String($0) } ?? ""
        form.secure = secure.rawValue
        form.requiresAuthentication = userName != nil
        form.userName = userName ?? ""
        form.unknownPolicy = unknownPolicy.rawValue
        if case .given(let text) = password { form.password = text }
        return try form.checked(against: old)
    }
}
