/// A page in a real browser: Chromium without a display, driven over its DevTools pipe by Python's standard library.
public struct Browser: Sendable {
    /// Debian's chromium.
    public static let executable = "/usr/bin/chromium"

    /// One thing to be done, in order.
    public enum Step: Sendable {
        /// Evaluates an expression; its value, as JSON, is one of the results.
        case evaluate(String)
        /// Moves the pointer to the place that an expression gives as `[x, y]`.
        case point(String)
        /// Drags with the left button from one such place to another.
        case drag(String, String)
        /// Presses a key, by its name in the DOM.
        case key(String)
        /// Makes a picture of what is seen.
        case picture(String)
    }

    private static let driver = #"""
        import json, os, select, subprocess, sys, tempfile, time
        request = json.load(sys.stdin)
        to_read, to_write = os.pipe(), os.pipe()
        profile = tempfile.TemporaryDirectory()
        def place():
            os.dup2(to_read[0], 63); os.dup2(to_write[1], 64)
            os.dup2(63, 3); os.dup2(64, 4)
        words = [request["browser"], "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
                 "--hide-scrollbars", "--no-first-run", "--user-data-dir=" + profile.name,
                 "--window-size=%d,%d" % tuple(request["size"]), "about:blank"]
        process = subprocess.Popen(words, preexec_fn=place, pass_fds=(3, 4), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read[0]); os.close(to_write[1])
        count, waiting, told, end, load = 0, b"", [], time.monotonic() + 100, {}
        def note(message):
            name, values = message.get("method"), message.get("params", {})
            if name == "Runtime.consoleAPICalled":
                told.append(" ".join(str(a.get("value", a.get("description"))) for a in values["args"]))
            elif name == "Runtime.exceptionThrown":
                details = values["exceptionDetails"]
                told.append(details.get("exception", {}).get("description", details["text"]))
            elif name == "Log.entryAdded":
                told.append(values["entry"]["text"])
            elif name == "Network.requestWillBeSent":
                load.setdefault("requests", []).append(values["request"]["url"])
        def receive():
            global waiting
            while b"\0" not in waiting:
                if not select.select([to_write[0]], [], [], max(0, end - time.monotonic()))[0]:
                    sys.exit("the browser does not answer")
                piece = os.read(to_write[0], 1 << 16)
                if not piece:
                    sys.exit("the browser is gone")
                waiting += piece
            line, waiting = waiting.split(b"\0", 1)
            message = json.loads(line)
            note(message)
            return message
        def call(method, session=None, **values):
            global count
            count += 1
            message = {"id": count, "method": method, "params": values}
            if session:
                message["sessionId"] = session
            os.write(to_read[1], json.dumps(message).encode() + b"\0")
            while True:
                answer = receive()
                if answer.get("id") == count:
                    if "error" in answer:
                        sys.exit(method + ": " + answer["error"]["message"])
                    return answer["result"]
        try:
            target = call("Target.createTarget", url="about:blank")["targetId"]
            session = call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                call(domain + ".enable", session)
            call("Emulation.setEmulatedMedia", session, features=[
                {"name": "prefers-color-scheme", "value": request["scheme"]},
                {"name": "prefers-reduced-motion", "value": "reduce"}])
            begin = time.monotonic()
            call("Page.navigate", session, url=request["address"])
            while receive().get("method") != "Page.loadEventFired":
                pass
            def evaluate(text):
                answer = call("Runtime.evaluate", session, expression=text, returnByValue=True, awaitPromise=True)
                if "exceptionDetails" in answer:
                    sys.exit(text + ": " + json.dumps(answer["exceptionDetails"]))
                return answer["result"].get("value")
            evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            load["seconds"] = time.monotonic() - begin
            results = []
            def mouse(kind, at, **more):
                call("Input.dispatchMouseEvent", session, type=kind, x=at[0], y=at[1], **more)
            for name, *values in request["steps"]:
                if name == "evaluate":
                    results.append(evaluate(values[0]))
                elif name == "point":
                    mouse("mouseMoved", evaluate(values[0]))
                elif name == "drag":
                    first, last = evaluate(values[0]), evaluate(values[1])
                    mouse("mouseMoved", first)
                    mouse("mousePressed", first, button="left", clickCount=1, buttons=1)
                    for part in range(1, 6):
                        mouse("mouseMoved", [a + (b - a) * part / 5 for a, b in zip(first, last)], button="left", buttons=1)
                    mouse("mouseReleased", last, button="left", clickCount=1)
                elif name == "key":
                    key = {"key": values[0]}
                    codes = {"Tab": 9, "Enter": 13, "Escape": 27, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowRight": 39}
                    if values[0] in codes:
                        key["windowsVirtualKeyCode"] = codes[values[0]]
                        key["code"] = values[0]
                    else:
                        key["text"] = values[0]
                    call("Input.dispatchKeyEvent", session, type="keyDown", **key)
                    call("Input.dispatchKeyEvent", session, type="keyUp", **{k: v for k, v in key.items() if k != "text"})
                elif name == "picture":
                    import base64
                    data = call("Page.captureScreenshot", session, format="png")["data"]
                    with open(values[0], "wb") as file:
                        file.write(base64.b64decode(data))
            json.dump({"results": results, "console": told, "load": load}, sys.stdout)
        finally:
            process.kill()
            process.wait()
        """#

    /// The command that opens a page and does the steps; stdout is JSON with `results`, `console` and `load`.
    public static func opening(
        _ file: String,
        isDark: Bool = false,
        size: (width: Int, height: Int) = (1280, 1600),
        _ steps: [Step]
    ) -> Command {
        let words = steps.map { step in
            switch step {
            case .evaluate(let text): ["evaluate", text]
            case .point(let text): ["point", text]
            case .drag(let from, let to): ["drag", from, to]
            case .key(let name): ["key", name]
            case .picture(let path): ["picture", path]
            }
        }
        let lines = words.map { "[\($0.map(quoted).joined(separator: ","))]" }.joined(separator: ",")
        let request = """
            {"browser": \(quoted(executable)), "address": \(quoted("file://\(file)")), "size": [\(size.width), \(size.height)], \
            "scheme": "\(isDark ? "dark" : "light")", "steps": [\(lines)]}
            """
        return Command(Command.python, ["-c", driver], input: Array(request.utf8))
    }

    /// A text as JSON.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
