// SPDX-License-Identifier: Apache-2.0
// A figure as a picture, drawn by the server: a dot with its interval, readable without colour and without script.
import Markup

/// One point of a chart.
struct ChartPoint: Sendable {
    let label: String
    let text: String
    let value: Double
    let interval: Interval?
    let isWeak: Bool
}

/// Points on one scale.
struct ReportChart {
    let points: [ChartPoint]
    let scale: ClosedRange<Double>
    let title: String

    /// So many rows fit before a chart says less than its table.
    static let longest = 20

    /// A row for each point: name, scale with dot and interval, number. Words stay text, so they scale with the page.
    var rows: HTML {
        let items: [HTML] = points.prefix(Self.longest).map { point in
            let x = position(point.value, over: 200)
            let (low, high) = ends(point, over: 200)
            return """
                <li><span class="chart-label">\(point.label)</span>\
                <svg viewBox="0 0 200 14" class="chart-bar" aria-hidden="true" focusable="false">\
                <line class="chart-axis" x1="0" y1="7" x2="200" y2="7"/>\
                <line class="chart-zero" x1="\(tenths(position(0, over: 200)))" y1="1" \
                x2="\(tenths(position(0, over: 200)))" y2="13"/>\
                <line class="chart-interval" x1="\(tenths(low))" y1="7" x2="\(tenths(high))" y2="7"/>\
                <line class="chart-interval" x1="\(tenths(low))" y1="4" x2="\(tenths(low))" y2="10"/>\
                <line class="chart-interval" x1="\(tenths(high))" y1="4" x2="\(tenths(high))" y2="10"/>\
                <circle class="chart-dot\(if: point.isWeak, " weak")" cx="\(tenths(x))" cy="7" r="4"/></svg>\
                <span class="chart-value">\(point.text)</span></li>
                """
        }
        return "<ol class=\"chart-rows\" aria-label=\"\(title)\">\(items)</ol>"
    }

    /// The course of days: a line with dots and intervals between the scale's ends.
    func course(top: String, bottom: String) -> HTML {
        let width = 600.0
        let height = 150.0
        let step = points.count > 1 ? (width - 20) / Double(points.count - 1) : 0
        let placed = points.enumerated().map { index, point in
            (x: 10 + Double(index) * step, y: height - position(point.value, over: height), point: point)
        }
        let line = placed.map { "\(tenths($0.x)),\(tenths($0.y))" }.joined(separator: " ")
        let marks: [HTML] = placed.map { place in
            let (low, high) = ends(place.point, over: height)
            return """
                <line class="chart-interval" x1="\(tenths(place.x))" y1="\(tenths(height - low))" \
                x2="\(tenths(place.x))" y2="\(tenths(height - high))"/>\
                <circle class="chart-dot\(if: place.point.isWeak, " weak")" cx="\(tenths(place.x))" \
                cy="\(tenths(place.y))" r="4"><title>\(place.point.label): \(place.point.text)</title></circle>
                """
        }
        return """
            <figure class="chart-course"><span class="chart-end">\(top)</span>\
            <svg viewBox="0 0 600 150" role="img" aria-label="\(title)">\
            <line class="chart-axis" x1="0" y1="0" x2="600" y2="0"/>\
            <line class="chart-axis" x1="0" y1="150" x2="600" y2="150"/>\
            <polyline class="chart-line" points="\(line)"/>\(marks)</svg>\
            <span class="chart-end">\(bottom)</span>\
            <figcaption class="note"><span>\(points.first?.label ?? "")</span>\
            <span>\(points.last?.label ?? "")</span></figcaption></figure>
            """
    }

    private func ends(_ point: ChartPoint, over length: Double) -> (low: Double, high: Double) {
        let interval = point.interval ?? Interval(low: point.value, high: point.value)
        return (position(interval.low, over: length), position(interval.high, over: length))
    }

    /// Where a value lies on the scale; values outside lie at its ends.
    private func position(_ value: Double, over length: Double) -> Double {
        let span = scale.upperBound - scale.lowerBound
        guard span > 0 else { return 0 }
        return min(max((value - scale.lowerBound) / span, 0), 1) * length
    }

    private func tenths(_ value: Double) -> String { String((value * 10).rounded() / 10) }
}
