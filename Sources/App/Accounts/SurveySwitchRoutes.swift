// SPDX-License-Identifier: Apache-2.0
// The provider's switch at the door: whatever stands below an address of surveys is refused while they are off.
import Hummingbird

/// Refuses a section to centres whose provider has not switched surveys on (spec 8): its pages, its editor and its API,
/// those that will be added too. Mailed links and reports stand elsewhere and stay open.
public struct SurveySwitchMiddleware: RouterMiddleware {
    public typealias Context = WebContext
    private let sections: [String]

    /// - Parameter sections: addresses that belong to surveys, with everything below them.
    public init(sections: [String]) { self.sections = sections }

    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        let isOff = context.signedIn?.hasSurveys == false || context.signedInKey?.hasSurveys == false
        if isOff, sections.contains(where: { path == $0 || path.hasPrefix($0 + "/") }) { throw Refusal.surveysOff }
        return try await next(request, context)
    }
}
