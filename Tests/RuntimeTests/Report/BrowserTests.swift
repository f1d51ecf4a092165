import SystemPackage
import TestSupport
import Testing

@testable import ContainerRuntime

/// The page in a real browser: a stranger judges it.
@Suite(.timeLimit(.minutes(60))) struct BrowserTests {
    /// What the browser answered.
    private struct Answer {
        let results: [JSONValue]
        let console: [String]
        let requests: [String]
    }

    private func open(
        _ run: SampleRun,
        isDark: Bool = false,
        size: (Int, Int) = (1280, 1600),
        _ steps: [Browser.Step]
    ) throws -> Answer {
        let made = try run.makePage()
        try #require(made.status == 0, "\(made.errorText)")
        let result = try Browser.opening(run.page, isDark: isDark, size: size, steps).run()
        try #require(result.status == 0, "\(result.errorText)")
        let object = try #require(try JSONReader.read(result.output).object)
        return Answer(
            results: object["results"]?.array ?? [],
            console: (object["console"]?.array ?? []).compactMap(\.string),
            requests: (object["load"]?.object?["requests"]?.array ?? []).compactMap(\.string)
        )
    }

    private static func title(_ name: String) -> String {
        "[...document.querySelectorAll('.chart')].find(c => c.querySelector('h3').textContent === '\(name)')"
    }

    /// Where a moment is in a chart, by the labels that a person reads: half the width is half the run.
    private static func place(_ name: String, _ part: Double, left: Int = 62, right: Int = 14) -> String {
        """
        (() => { const r = \(title(name)).querySelector('.plot').getBoundingClientRect();
          return [r.left + \(left) + (r.width - \(left + right)) * \(part), r.top + r.height / 2]; })()
        """
    }

    private static func readout(_ name: String) -> Browser.Step {
        .evaluate("\(title(name)).querySelector('.readout').textContent")
    }

    @Test(.requires(.chromium)) func thePageIsQuietAndAsksNobody() throws {
        let run = try SampleRun()
        defer { run.tree.remove() }
        try run.addMetrics()
        try run.addResources()
        let drawn = "document.documentElement.dataset.drawn"
        let paths = "document.querySelectorAll('.plot path').length"
        let answer = try open(run, [.evaluate(drawn), .evaluate(paths)])
        #expect(answer.console == [])
        #expect(answer.requests == ["file://\(run.page)"])
        // loss, accuracy, CPU, memory, GPU use, GPU memory, files: two of them with two lines, some with means over them.
        #expect(answer.results.first == "7")
        #expect((answer.results.last?.integer ?? 0) >= 9)
    }

    @Test(.requires(.chromium)) func thePointerShowsTheValuesOfTheLog() throws {
        let run = try SampleRun()
        defer { run.tree.remove() }
        try run.addMetrics()
        try run.addResources()
        // The record lasts 1,000 s: half the axis is second 500.
        let answer = try open(
            run,
            [
                .point(Self.place("accuracy", 0.5)), Self.readout("accuracy"), Self.readout("loss"),
                Self.readout("Memory"),
                .point(Self.place("GPU use", 0.25)), Self.readout("GPU use"), Self.readout("accuracy"),
                .point("[2, 2]"), Self.readout("accuracy"),
            ]
        )
        let texts = answer.results.map { $0.string ?? "" }
        try #require(texts.count == 6)
        #expect(texts[0] == "0.5 at step 50, 8 min 20 s")
        #expect(texts[1] == "\(1.0 / 51) at step 50, 8 min 20 s")
        #expect(texts[2] == "1.5 GB at 8 min 20 s")
        #expect(texts[3] == "GPU 0: 90% · GPU 1: 40% at 4 min 10 s")
        #expect(texts[4] == "0.25 at step 25, 4 min 10 s")
        #expect(texts[5] == "")
        #expect(answer.console == [])
    }

    @Test(.requires(.chromium)) func theKeyboardReachesEveryChartAndEveryValue() throws {
        let run = try SampleRun()
        defer { run.tree.remove() }
        try run.addMetrics()
        let focused =
            "document.activeElement.closest('.chart')?.querySelector('h3').textContent ?? document.activeElement.id"
        var steps: [Browser.Step] = []
        for _ in 0..<16 { steps += [.key("Tab"), .evaluate(focused)] }
        let reached = try open(run, steps).results.map { $0.string ?? "" }
        for name in ["loss", "accuracy", "by-step", "log-scale"] { #expect(reached.contains(name), "\(reached)") }

        let labels =
            "\(Self.title("accuracy")).querySelectorAll('.plot text').length + ' ' + "
            + "\(Self.title("accuracy")).querySelector('.plot text:last-of-type').textContent"
        let answer = try open(
            run,
            [
                .evaluate("\(Self.title("accuracy")).querySelector('.plot').focus()"),
                .key("ArrowRight"), Self.readout("accuracy"), .key("ArrowRight"), Self.readout("accuracy"),
                .key("End"), Self.readout("accuracy"), .key("ArrowLeft"), Self.readout("accuracy"),
                .evaluate(labels), .key("+"), .evaluate(labels), .key("Escape"), .evaluate(labels),
            ]
        )
        let texts = answer.results.map { $0.string ?? "" }
        try #require(texts.count == 8, "\(texts)")
        #expect(texts[1] == "0 at step 0, 0 s")
        #expect(texts[2] == "0.01 at step 1, 10 s")
        #expect(texts[3] == "1 at step 100, 16 min 40 s")
        #expect(texts[4] == "0.99 at step 99, 16 min 30 s")
        #expect(texts[6] != texts[5] && texts[7] == texts[5])
        #expect(answer.console == [])
    }

    @Test(.requires(.chromium)) func aDragShowsAPartAndADoubleClickOrAButtonAll() throws {
        let run = try SampleRun()
        defer { run.tree.remove() }
        try run.addMetrics(ranks: 2)
        try run.addResources()
        // The middle of what is shown: second 500 at first, 300 after the drag from 200 to 400.
        let answer = try open(
            run,
            [
                .drag(Self.place("accuracy", 0.2), Self.place("accuracy", 0.4)),
                .point(Self.place("accuracy", 0.5)), Self.readout("accuracy"),
                .point(Self.place("Memory", 0.5)), Self.readout("Memory"),
                .evaluate("document.querySelector('.reset').click()"),
                .point(Self.place("loss", 0.5)), Self.readout("loss"),
                .evaluate("document.getElementById('by-step').click()"),
                .evaluate("document.getElementById('log-scale').click()"),
                .point(Self.place("loss", 1)), Self.readout("loss"),
            ]
        )
        let texts = answer.results.map { $0.string ?? "" }.filter { !$0.isEmpty }
        try #require(texts.count == 4, "\(texts)")
        #expect(texts[0] == "0.3 at step 30, 5 min")
        #expect(texts[1] == "1.3 GB at 5 min")
        #expect(texts[2] == "rank 0: \(1.0 / 51) · rank 1: \(1.0 / 52) at step 50, 8 min 20 s")
        #expect(texts[3] == "rank 0: \(1.0 / 101) · rank 1: \(1.0 / 102) at step 100, 16 min 40 s")
        #expect(answer.console == [])
    }

    /// WCAG 2.2, 1.4.3 and 1.4.11: text 4.5 to 1, lines 3 to 1.
    private static let contrast = #"""
        (() => {
          const light = (c) => { const [r, g, b] = c.match(/[\d.]+/g).map(Number).map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const ground = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
            if (c !== "rgba(0, 0, 0, 0)") return c; } return "rgb(255, 255, 255)"; };
          const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
          const low = [];
          for (const e of document.querySelectorAll("body *")) {
            const style = getComputedStyle(e), own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
            if (e.closest("script")) continue;
            if (own && !(e instanceof SVGElement) && ratio(style.color, ground(e)) < 4.5) low.push(e.className + " " + e.textContent.slice(0, 30));
            if (e.tagName === "text" && ratio(style.fill, ground(e)) < 4.5) low.push("label " + e.textContent);
            if (e.tagName === "path" && style.opacity === "1" && ratio(style.stroke, ground(e)) < 3) low.push("line " + e.getAttribute("class"));
            if (e.matches(".track rect:not(.ground)") && ratio(style.fill, ground(e)) < 3) low.push("bar");
          }
          return low;
        })()
        """#

    @Test(.requires(.chromium), arguments: [false, true]) func everythingCanBeRead(_ isDark: Bool) throws {
        let failure = JSONObject([("class", "ExecuteUserScriptError"), ("cause", "boom"), ("advice", "do less")])
        let run = try SampleRun([
            ("outcome", "failed"), ("failure", .object(failure)), ("log", .strings(["boom"])),
        ])
        defer { run.tree.remove() }
        try run.addMetrics(ranks: 8)
        try run.addResources()
        let answer = try open(
            run,
            isDark: isDark,
            [
                .evaluate("getComputedStyle(document.body).backgroundColor"), .evaluate(Self.contrast),
            ]
        )
        #expect(answer.results.first == (isDark ? "rgb(13, 17, 23)" : "rgb(255, 255, 255)"))
        #expect(answer.results.last == .array([]))
    }

    /// Every place that a stranger's text can come to.
    @Test(.requires(.chromium)) func nothingFromOutsideIsMarkup() throws {
        let evil = "</script><img src=x onerror=window.hit=1>\"'<script>window.hit=2</script>"
        let text = JSONValue.string(evil)
        let object = { (names: [String]) in JSONValue.object(JSONObject(names.map { ($0, text) })) }
        let step = object(["name", "ending"])
        let run = try SampleRun([
            ("outcome", "failed"), ("job", object(["name", "entry_point", "host", "instance_type"])),
            ("failure", object(["class", "cause", "advice", "ending", "text"])), ("log", .array([text])),
            ("hyperparameters", .object(JSONObject([(evil, text)]))), ("warnings", .array([text])),
            ("channels", .object(JSONObject([(evil, object(["mode"]))]))), ("versions", object([evil])),
            ("code", object(["source", "named_by", "sha256", "problem"])), ("command", text), ("steps", .array([step])),
            ("tensorboard", object(["directory", "destination"])), ("archives", .array([object(["path", "sha256"])])),
        ])
        defer { run.tree.remove() }
        let name = JSONWriter.text(text)
        let line = "{\"time\":\(SampleRun.start),\"name\":\(name),\"value\":1}\n"
        try run.tree.write("output/metrics/metrics.jsonl", line)
        let answer = try open(
            run,
            [
                .evaluate("window.hit ?? 'unharmed'"), .evaluate("document.querySelectorAll('script').length"),
                .evaluate("document.images.length"), .evaluate("document.querySelector('pre.log').textContent"),
                .evaluate("document.querySelector('.chart h3').textContent"),
            ]
        )
        #expect(answer.results == ["unharmed", .integer(2), .integer(0), text, text])
        #expect(answer.console == [])
    }

    @Test(.requires(.chromium)) func aNarrowWindowDoesNotScrollSideways() throws {
        let run = try SampleRun([("log", .strings([String(repeating: "x", count: 3_000)]))])
        defer { run.tree.remove() }
        try run.addMetrics()
        let wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        #expect(try open(run, size: (500, 900), [.evaluate(wide)]).results == [.integer(0)])
    }
}
