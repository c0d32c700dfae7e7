// SPDX-License-Identifier: Apache-2.0
// Services, fields, forms, workflows and configurations of a file, judged by their rooms.

extension CentreCheck {
    // MARK: Services

    mutating func checkServices() {
        for entry in plan.services.entries ?? [] {
            take(entry.part.new(team: nil).check()) { Self.path($0.field, below: entry.path) }
            if let team = entry.part.team { _ = find(team, .team, in: plan.lookup.teams, at: entry.path / "team") }
            guard entry.part.folders != nil, let content = plan.contents[entry.id]?.content else { continue }
            let before = entry.stored.flatMap { plan.stored.contents[$0] } ?? ServiceContent(folders: [])
            take(content.refusals(before: before)) { Self.path($0.field, below: entry.path) }
            if let stored = entry.stored, plan.configurations.entries == nil {
                checkUse(of: before, of: stored, in: content, at: entry.path)
            }
        }
    }

    /// What stored triggers wait for stays, where the file says nothing of them.
    private mutating func checkUse(
        of before: ServiceContent, of service: ServiceID, in content: ServiceContent, at path: CentrePath
    ) {
        let kept = Set(content.all.compactMap(\.id))
        let gone = before.all.filter { entry in entry.id.map { !kept.contains($0) } ?? false }
        for configuration in plan.stored.configurations where configuration.service == service {
            for entry in gone where configuration.waits(for: entry.id) {
                refuse(
                    path / "folders", "disposition_in_use", "dispositionInUse",
                    ["name": entry.name, "configuration": configuration.name])
            }
        }
    }

    // MARK: Fields and forms

    mutating func checkFields() {
        guard let entries = plan.fields.entries else { return }
        for entry in entries { take(entry.part.draft.refusals) { Self.path($0.field, below: entry.path) } }
        if plan.reading.isBroken("fields") { return }
        let left = Set(plan.fields.left)
        for field in plan.stored.fields.values.sorted(by: { $0.key < $1.key }) {
            guard left.contains(field.id), !field.isRetired else { continue }
            if let refusal = field.retirementRefusal {
                take(Refusals([refusal])) { _ in CentrePath() / "fields" }
            }
        }
        guard plan.forms.entries == nil, !plan.reading.has("forms") else { return }
        // Stored forms have to fit what the fields will be.
        for form in plan.stored.forms {
            let broken = plan.stored.versions[form.id]?.refusals(fields: plan.usableFields) ?? []
            if let first = broken.first {
                refuse(
                    CentrePath() / "fields", "field_in_use", "fieldInUse",
                    ["form": form.name, "place": first.field ?? ""])
            }
        }
    }

    mutating func checkForms() {
        guard let entries = plan.forms.entries else { return }
        let fields = plan.usableFields
        let spoiled = Set(plan.reading.names("fields", "key"))
        let isJudged = !plan.reading.isUnreadable("fields")
        for entry in entries {
            take(entry.part.draft.refusals) { Self.path($0.field, below: entry.path) }
            // Without fields nobody can say what fits.
            if !isJudged { continue }
            var refusals = entry.part.content.refusals(fields: fields)
            refusals.removeAll { $0.code == "unknown_field" && spoiled.contains($0.arguments["field"] ?? "") }
            take(Refusals(refusals)) { refusal in
                Self.place(of: refusal, in: entry.part.languages, below: entry.path)
            }
        }
        guard plan.workflows.entries == nil, !plan.reading.isBroken("forms") else { return }
        let known = Set(entries.map(\.id))
        for workflow in plan.stored.workflows {
            let lost = Set(workflow.scenario?.allBlocks.flatMap(\.forms) ?? []).subtracting(known)
            for form in plan.stored.forms where lost.contains(form.id) {
                refuse(
                    CentrePath() / "forms", "form_in_use", "formInUse",
                    ["name": form.name, "workflow": workflow.name])
            }
        }
    }

    /// The place that Surveys calls `LANGUAGE.BLOCK`.
    private static func place(
        of refusal: Refusal, in languages: [FormLanguage], below path: CentrePath
    ) -> CentrePath {
        if refusal.code == "unknown_picture" { return path / "image" }
        guard let field = refusal.field else { return path / (refusal.code.hasPrefix("style") ? "css" : "languages") }
        for (position, language) in languages.enumerated().reversed() {
            let place = path / "languages" / position
            if field == language.language { return place / "language" }
            guard field.hasPrefix(language.language + ".") else { continue }
            let key = field.dropFirst(language.language.count + 1)
            let indexes = language.blocks.indices.filter { language.blocks[$0].key == key }
            guard let index = refusal.code == "key_twice" ? indexes.last : indexes.first else { continue }
            let block = place / "blocks" / index
            return block / member(of: refusal.code, language.blocks[index])
        }
        return path / "languages"
    }

    private static func member(of code: String, _ block: SurveyBlock) -> String {
        switch code {
        case "bad_key", "key_twice": "key"
        case "unknown_field", "not_bindable", "field_twice", "checkbox_bound": "field"
        case "display": "display"
        case "thanks_not_last": "kind"
        case "step", "too_many_stops": "step"
        case "scale_order": "maximum"
        case "no_scale", "outside_scale", "incomplete_scale": block.kind == .slider ? "minimum" : "options"
        case "missing_text", "text_too_long": block.text.nonEmpty == nil ? "text" : "key"
        default: "options"
        }
    }

    // MARK: Workflows

    mutating func checkWorkflows() {
        let forms = Set(plan.lookup.forms.values)
        for entry in plan.workflows.entries ?? [] {
            take(Workflow.refusals(name: entry.part.name)) { Self.path($0.field, below: entry.path) }
            let places = ScenarioPlaces(entry.part.blocks, at: entry.path / "blocks")
            let unknown = unknownForms(entry, places)
            let scenario = entry.part.scenario(plan.lookup.forms)
            var refusals = scenario.check(forms: forms)
            // Said already, and with the name.
            if unknown { refusals.all.removeAll { $0.code == "unknown_form" } }
            take(refusals) { places.path(of: $0) ?? entry.path / "blocks" }
        }
    }

    /// Links in mails to forms that there are not.
    private mutating func unknownForms(_ entry: Planned<WorkflowPart, WorkflowID>, _ places: ScenarioPlaces) -> Bool {
        var isUnknown = false
        for block in Scenario(blocks: entry.part.blocks).allBlocks {
            guard case .email(let email) = block.action, let path = places.first[block.key] else { continue }
            for (position, template) in email.templates.enumerated() {
                let place = path / "email" / "templates" / position
                for (member, text) in [("subject", template.subject), ("body", template.body)] {
                    var names: [String] = []
                    _ = VariableText.replacingForms(in: text) {
                        names.append($0); return nil
                    }
                    for name in names.map(SurveyLinkName.decoded) where plan.lookup.forms[name.folded] == nil {
                        isUnknown = true
                        _ = find(name, .form, in: plan.lookup.forms, at: place / member)
                    }
                }
            }
        }
        return isUnknown
    }

    // MARK: Configurations

    mutating func checkConfigurations() {
        for entry in plan.configurations.entries ?? [] {
            let part = entry.part
            let workflow = find(part.workflow, .workflow, in: plan.lookup.workflows, at: entry.path / "workflow")
            let service = find(part.service, .service, in: plan.lookup.services, at: entry.path / "service")
            let dispositions = service.flatMap { plan.lookup.dispositions[$0] } ?? [:]
            var triggers: [Trigger] = []
            for (position, starter) in part.triggers.enumerated() {
                let place = entry.path / "triggers" / position
                if let fault = starter.fault { refuse(place / fault.member, "trigger", "trigger.\(fault.reason)") }
                if service != nil, let name = starter.disposition, dispositions[name.folded] == nil {
                    let names = service.flatMap { plan.contents[$0]?.content ?? plan.stored.contents[$0] }?.all ?? []
                    refuseUnknown(name, .disposition, among: names.map(\.name), at: place / "disposition")
                }
                // What is unknown was said already.
                triggers.append(starter.trigger(dispositions) ?? .interactionEnds(.any))
            }
            let new = part.new(
                workflow: workflow ?? WorkflowID(raw: 1), service: service ?? ServiceID(raw: 1), triggers)
            let known = NewConfiguration.Known(
                workflows: [new.workflow], services: [new.service], dispositions: Set(dispositions.values))
            take(new.refusals(known)) { Self.path($0.field, below: entry.path) }
        }
    }
}

/// Where the blocks of a scenario stand in the file.
struct ScenarioPlaces {
    private(set) var first: [String: CentrePath] = [:]
    private var last: [String: CentrePath] = [:]
    private var kinds: [String: String] = [:]
    /// The languages of mails, in their order.
    private var languages: [String: [String]] = [:]

    init(_ blocks: [ScenarioBlock], at path: CentrePath) { lay(blocks, at: path) }

    private mutating func lay(_ blocks: [ScenarioBlock], at path: CentrePath) {
        for (position, block) in blocks.enumerated() {
            let place = path / position
            if first[block.key] == nil { first[block.key] = place }
            last[block.key] = place
            switch block.action {
            case .email(let email):
                kinds[block.key] = "email"
                languages[block.key] = email.templates.map(\.language)
                lay(email.notSent, at: place / "email" / "notSent")
            case .internalMessage(let message):
                kinds[block.key] = "internalMessage"
                lay(message.failed, at: place / "internalMessage" / "failed")
            case .choose(let choice):
                kinds[block.key] = "if"
                for (position, branch) in choice.branches.enumerated() {
                    lay(branch.blocks, at: place / "if" / "branches" / position / "blocks")
                }
                lay(choice.otherwise, at: place / "if" / "otherwise")
            case .wait: kinds[block.key] = "wait"
            case .exit: kinds[block.key] = "exit"
            }
        }
    }

    /// The place that Workflows calls `blocks.KEY.SETTING`.
    func path(of refusal: Refusal) -> CentrePath? {
        guard let field = refusal.field else { return nil }
        let keys = first.keys.filter { field == "blocks.\($0)" || field.hasPrefix("blocks.\($0).") }
        guard let key = keys.max(by: { $0.count < $1.count }) else { return nil }
        if refusal.code == "key_not_unique" { return last[key].map { $0 / "key" } }
        guard let place = first[key], let kind = kinds[key] else { return nil }
        let setting = field.dropFirst("blocks.\(key).".count)
        switch setting {
        case "": return place
        case "subject", "body":
            let templates = place / kind / "templates"
            let position = languages[key]?.firstIndex { $0 == refusal.arguments["language"] }
            return position.map { templates / $0 / String(setting) } ?? templates
        default: return place / kind / String(setting)
        }
    }
}

extension WorkflowConfiguration {
    /// Whether a trigger names a disposition.
    fileprivate func waits(for disposition: DispositionID?) -> Bool {
        triggers.contains { trigger in
            switch trigger {
            case .agentCompletes(.one(let id)), .interactionEnds(.one(let id)): id == disposition
            default: false
            }
        }
    }
}

extension CentrePlan {
    /// The fields that forms may count for, by key: the file's, else the stored ones.
    var usableFields: [String: SurveyField] {
        var usable = stored.fields.filter { !$0.value.isRetired }
        guard let entries = fields.entries else { return usable }
        // What cannot be read is not judged twice.
        let spoiled = Set(reading.names("fields", "key"))
        usable = usable.filter { spoiled.contains($0.key) }
        for entry in entries {
            let part = entry.part
            usable[part.key] = SurveyField(
                id: entry.id, key: part.key, name: part.name, kind: part.kind, minimum: part.minimum,
                maximum: part.maximum, satisfiedFrom: part.satisfiedFrom, promoterFrom: part.promoterFrom,
                detractorTo: part.detractorTo, series: 1, isBuiltIn: part.draft.builtIn != nil, isRetired: false)
        }
        return usable
    }
}

extension ServicePart {
    func new(team: TeamID?) -> NewService {
        var new = NewService(name: name, type: type)
        new.usesDispositions = usesDispositions
        new.requiresDisposition = requiresDisposition
        new.language = language
        new.team = team
        new.isEnabled = isEnabled
        return new
    }
}

extension WorkflowPart {
    /// The scenario with ids in its links; names that nothing has stay.
    func scenario(_ forms: [String: FormID]) -> Scenario {
        Scenario(blocks: blocks).replacingForms { text in
            forms[SurveyLinkName.decoded(text).folded]?.description
        }
    }
}

extension ConfigurationPart {
    func new(workflow: WorkflowID, service: ServiceID, _ triggers: [Trigger]) -> NewConfiguration {
        var new = NewConfiguration(workflow: workflow, service: service, name: name, triggers: triggers)
        new.isEnabled = isEnabled
        new.limits = limits
        return new
    }
}

extension ConfigurationPart.Starter {
    /// What does not go together; nil when all does.
    var fault: (member: String, reason: String)? {
        if event == .averageSentiment {
            if comparison == nil { return ("comparison", "noComparison") }
            if threshold == nil { return ("threshold", "noThreshold") }
            return disposition != nil || withSystem ? ("disposition", "noDisposition") : nil
        }
        if comparison != nil || threshold != nil { return ("comparison", "noSentiment") }
        return disposition != nil && withSystem ? ("withSystem", "oneOrAny") : nil
    }

    /// Nil where it names what there is not.
    func trigger(_ dispositions: [String: DispositionID]) -> Trigger? {
        if event == .averageSentiment {
            guard let comparison, let threshold else { return nil }
            return .averageSentiment(comparison == .below ? .below : .above, threshold)
        }
        var choice = withSystem ? DispositionChoice.anyWithSystem : .any
        if let disposition {
            guard let id = dispositions[disposition.folded] else { return nil }
            choice = .one(id)
        }
        return event == .agentCompletes ? .agentCompletes(choice) : .interactionEnds(choice)
    }
}
