extension ReportPage {
    /// The script: draws the charts, and shows values for pointer and keyboard.
    static let script = opening + numbers + drawing + handling + "  start();\n})();"

    /// What all of it needs; the texts are raw, so that a backslash is the script's.
    private static let opening = #"""
        "use strict";
        (() => {
          const NS = "http://www.w3.org/2000/svg";
          const data = JSON.parse(document.getElementById("data").textContent);
          const M = { left: 62, right: 14, top: 8, bottom: 24 };
          const view = { time: null, step: null }, state = { axis: "time", log: false, at: null };
          const charts = [];

          const sums = (deltas) => { let sum = 0; return Float64Array.from(deltas, (d) => sum += d); };
          const make = (parent, name, attributes) => {
            const element = document.createElementNS(NS, name);
            for (const key in attributes) element.setAttribute(key, attributes[key]);
            return parent.appendChild(element);
          };

        """#

    /// How numbers and times are written.
    private static let numbers = #"""
          const trim = (value, digits) => String(Number(value.toPrecision(digits)));
          const scaled = (value, unit) => {
            const names = ["", "k", "M", "G", "T", "P"];
            let n = 0;
            while (Math.abs(value) >= 1000 && n < 5) { value /= 1000; n += 1; }
            return trim(value, 3) + " " + names[n] + unit;
          };
          const write = (value, unit, exact) => {
            if (unit === "B" || unit === "B/s") return scaled(value, unit);
            if (unit === "%") return trim(value, 4) + "%";
            if (unit === "cores") return trim(value, 3) + (exact ? " cores" : "");
            if (exact) return String(value);
            const size = Math.abs(value);
            return size !== 0 && (size >= 1e6 || size < 1e-4) ? value.toExponential(1) : trim(value, 4);
          };
          const span = (seconds) => {
            const s = Math.abs(seconds), sign = seconds < 0 ? "−" : "";
            if (s < 60) return sign + trim(s, s < 10 ? 2 : 3) + " s";
            const whole = Math.round(s), d = Math.floor(whole / 86400), h = Math.floor(whole / 3600) % 24;
            const m = Math.floor(whole / 60) % 60, rest = whole % 60;
            const parts = d ? [d, "d", h, "h"] : h ? [h, "h", m, "min"] : [m, "min", rest, "s"];
            return sign + parts[0] + " " + parts[1] + (parts[2] ? " " + parts[2] + " " + parts[3] : "");
          };
          const decimal = (low, high, count) => {
            const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
            return [1, 2, 5, 10].map((m) => m * power).find((step) => step >= raw) || 10 * power;
          };
          const timeSteps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
            86400, 172800, 604800];
          const ticks = (low, high, count, steps) => {
            if (!(high > low)) return [low];
            const step = steps && steps.find((s) => s >= (high - low) / count) || decimal(low, high, count);
            const found = [];
            for (let n = Math.ceil(low / step); n * step <= high + step * 1e-9 && found.length < 20; n += 1) found.push(n * step);
            return found;
          };
          const powers = (low, high) => {
            const first = Math.ceil(low - 1e-9), last = Math.floor(high + 1e-9), by = Math.max(1, Math.ceil((last - first) / 5));
            const found = [];
            for (let n = first; n <= last; n += by) found.push(n);
            return found.length > 1 ? found : ticks(low, high, 4);
          };

        """#
}
