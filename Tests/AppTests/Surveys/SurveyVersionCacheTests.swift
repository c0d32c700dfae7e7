// SPDX-License-Identifier: Apache-2.0
// The cache is bounded and keeps what is used.
import Testing

@testable import App

@Suite struct SurveyVersionCacheTests {
    @Test func `what was not used for the longest time makes room`() {
        let cache = SurveyVersionCache(limit: 2)
        let tenant = TenantID(raw: 1)
        func version(_ id: Int64) -> SurveyVersion {
            SurveyVersion(
                id: FormVersionID(raw: id), form: FormID(raw: 1), number: 1, content: SurveyContent(languages: []))
        }
        cache.keep(version(1), of: tenant)
        cache.keep(version(2), of: tenant)
        #expect(cache.find(FormVersionID(raw: 1), of: tenant) != nil)
        cache.keep(version(3), of: tenant)
        #expect(cache.find(FormVersionID(raw: 1), of: tenant) != nil)
        #expect(cache.find(FormVersionID(raw: 2), of: tenant) == nil)
        #expect(cache.find(FormVersionID(raw: 3), of: TenantID(raw: 2)) == nil)
    }
}
