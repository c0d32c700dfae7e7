// SPDX-License-Identifier: Apache-2.0
// Every room of the product, built in the order in which data passes.

/// The rooms of one running program.
public struct Rooms: Sendable {
    /// The order of the rooms: each may name those before it, none after it. Walls, style sheets and dictionaries
    /// follow it.
    public static let order = [
        "Ground", "Frame", "Accounts", "Settings", "Services", "Contacts", "Surveys", "Interactions", "Invitations",
        "Inbox", "Workflows", "Mailings", "Answering", "Statistics", "Records", "Reports", "Answers", "Home",
        "Operations", "Assembly",
    ]

    public let accounts: Accounts
    public let settings: Settings
    public let services: Services
    public let contacts: Contacts
    public let surveys: Surveys
    let surveyFiles: SurveyFiles
    public let interactions: Interactions
    public let invitations: Invitations
    public let inbox: Inbox
    public let workflows: Workflows
    public let mailings: Mailings
    public let answering: Answering
    public let statistics: Statistics
    public let records: Records
    public let reports: Reports
    public let answers: Answers
    public let home: Home
    public let operations: Operations

    init(_ installation: Installation) {
        let later = Later<Rooms>()
        let events = Events(rooms: later)
        let questions = Questions(rooms: later)
        accounts = Accounts(
            installation: installation, mailsDue: { try events.accountMailsDue($0, in: $1, at: $2) },
            hasMailServer: { try questions.hasMailServer($0, in: $1) })
        settings = Settings(installation: installation)
        services = Services(installation: installation)
        contacts = Contacts(installation: installation)
        surveys = Surveys(installation: installation, questions: questions.ofSurveys)
        surveyFiles = SurveyFiles(surveys: surveys, settings: settings)
        interactions = Interactions(
            installation: installation, accounts: accounts, services: services, contacts: contacts,
            events: events.ofInteractions)
        invitations = Invitations(
            installation: installation, changed: { try events.invitationsChanged($0, in: $1, at: $2) })
        inbox = Inbox(installation: installation, staffMailsDue: { try events.staffMailsDue($0, in: $1, at: $2) })
        workflows = Workflows(
            installation: installation, surveys: surveys, invitations: invitations, inbox: inbox,
            messagesDue: { try events.messagesDue($0, in: $1, at: $2) },
            mailLookUps: { events.mailLookUps(of: $0) })
        mailings = Mailings(
            installation: installation, settings: settings, invitations: invitations, inbox: inbox,
            workflows: workflows)
        answering = Answering(
            installation: installation, accounts: accounts, surveys: surveys, invitations: invitations,
            submitted: { try events.answersSubmitted($0, in: $1, at: $2) })
        statistics = Statistics(installation: installation)
        records = Records(
            installation: installation, accounts: accounts, services: services, contacts: contacts,
            (surveys, interactions, workflows))
        reports = Reports(installation: installation, statistics: statistics)
        answers = Answers(
            installation: installation, accounts: accounts, surveys: surveys, answering: answering)
        home = Home(installation: installation, accounts: accounts, surveys: surveys, statistics: statistics)
        operations = Operations(
            installation: installation, accounts: accounts, settings: settings, services: services,
            (surveys, workflows, mailings))
        later.set(self)
    }
}
