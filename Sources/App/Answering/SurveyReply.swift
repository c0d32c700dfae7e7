// SPDX-License-Identifier: Apache-2.0
// A page on its way to the customer.
import Markup

/// A page and how it is meant.
struct SurveyReply: Sendable {
    /// What the page says, as HTTP's number for it.
    enum Status: Int, Sendable {
        case ok = 200
        case unreadable = 400
        case notFound = 404
        /// An earlier answer stands.
        case conflict = 409
        /// The link or the form takes no answers any more.
        case gone = 410
        case tooLarge = 413
        /// Something has to be mended, or sent once more.
        case refused = 422
        /// Too many answers from one address.
        case busy = 429
        /// An error of ours, told in the log.
        case failed = 500
        case later = 503
    }

    var status: Status
    /// The author's preview may stand in a frame of ours.
    var isPreview = false
    /// The language of the page.
    let language: String
    /// The page's bytes, in pieces: most of a page is the same for everybody.
    let pieces: [[UInt8]]

    init(_ page: HTML, language: String, status: Status = .ok) {
        self.init(pieces: [Array(page.text.utf8)], language: language, status: status)
    }

    init(pieces: [[UInt8]], language: String, status: Status = .ok) {
        self.pieces = pieces
        self.language = language
        self.status = status
    }
}
