extension ReportPage {
    /// Shows values, and answers pointer, keyboard and buttons.
    static let handling = #"""
          // Shows the values next to a place on the axis, in every chart that has this axis.
          const show = (axis, at) => {
            state.at = at === null ? null : { axis, at };
            for (const chart of charts) {
              if (!chart.marks || chart.box.hidden) continue;
              chart.marks.replaceChildren();
              const { scale } = chart;
              if (at === null || scale.axis !== axis || at < scale.from || at > scale.to) {
                chart.readout.textContent = "";
                continue;
              }
              const words = [];
              let where = null, line0 = null, place0 = 0;
              chart.series.forEach((line, index) => {
                const places = xs(line, axis);
                if (!places.length) return;
                const n = nearest(places, at);
                if (where === null || Math.abs(places[n] - at) < Math.abs(where - at)) {
                  [where, line0, place0] = [places[n], line, n];
                }
                words.push((line.label ? line.label + ": " : "") + write(line.v[n], chart.unit, true));
                if (places[n] >= scale.from && places[n] <= scale.to) {
                  const at = { class: "f" + index % 8, r: 4, cx: scale.x(places[n]), cy: scale.y(line.v[n]) };
                  make(chart.marks, "circle", at);
                }
              });
              if (where === null) continue;
              const x = scale.x(where);
              make(chart.marks, "line", { class: "hair", x1: x, x2: x, y1: M.top, y2: scale.height - M.bottom });
              const step = line0.s ? "step " + line0.s[place0] + ", " : "";
              chart.readout.textContent = words.join(" · ") + " at " + step + span(line0.t[place0]);
            }
          };
          const redraw = () => {
            for (const chart of charts) if (!chart.box.hidden) draw(chart);
            if (state.at) show(state.at.axis, state.at.at);
          };
          const zoom = (axis, range) => { view[axis] = range; redraw(); };
          const zoomBy = (chart, factor) => {
            const [from, to] = shown(chart), axis = axisOf(chart), [first, last] = whole(chart, axis);
            const middle = state.at && state.at.axis === axis ? state.at.at : (from + to) / 2;
            const half = Math.max((to - from) * factor / 2, (last - first) * 1e-5);
            const range = [Math.max(first, middle - half), Math.min(last, middle + half)];
            zoom(axis, range[1] - range[0] >= (last - first) * 0.999 ? null : range);
          };
          const reset = () => { view.time = view.step = null; redraw(); };
          const valueAt = (chart, event) => {
            const { scale } = chart, x = event.clientX - chart.plot.getBoundingClientRect().left;
            const part = (x - M.left) / (scale.width - M.left - M.right);
            return scale.from + Math.min(1, Math.max(0, part)) * (scale.to - scale.from);
          };
          const move = (chart, by) => {
            const axis = axisOf(chart), [from, to] = shown(chart), line = chart.series.find((l) => xs(l, axis).length);
            if (!line) return;
            const places = xs(line, axis), first = lower(places, from), last = Math.max(first, lower(places, to + 1e-9) - 1);
            const here = state.at && state.at.axis === axis ? nearest(places, state.at.at) : by > 0 ? first - 1 : last + 1;
            show(axis, places[Math.min(last, Math.max(first, here + by))]);
          };
          const keys = (chart, event) => {
            if (event.ctrlKey || event.metaKey || event.altKey) return;
            const far = event.shiftKey ? 10 : 1;
            const actions = { ArrowRight: () => move(chart, far), ArrowLeft: () => move(chart, -far),
              Home: () => move(chart, -Infinity), End: () => move(chart, Infinity), "+": () => zoomBy(chart, 0.5),
              "=": () => zoomBy(chart, 0.5), "-": () => zoomBy(chart, 2), Escape: reset, "0": reset };
            if (!actions[event.key]) return;
            event.preventDefault();
            actions[event.key]();
          };
          const pointer = (chart) => {
            let begin = null;
            const band = () => chart.plot.querySelector(".select");
            chart.plot.addEventListener("pointerdown", (event) => {
              if (event.button !== 0 || event.pointerType === "touch") return;
              begin = { x: event.clientX, at: valueAt(chart, event) };
              chart.plot.setPointerCapture(event.pointerId);
            });
            chart.plot.addEventListener("pointermove", (event) => {
              const at = valueAt(chart, event);
              if (begin && Math.abs(event.clientX - begin.x) > 4) {
                const [a, b] = [begin.at, at].sort((p, q) => p - q).map(chart.scale.x);
                const height = chart.scale.height - M.top - M.bottom;
                const rect = band() || make(chart.plot, "rect", { class: "select", y: M.top, height });
                rect.setAttribute("x", a);
                rect.setAttribute("width", b - a);
              }
              show(chart.scale.axis, at);
            });
            chart.plot.addEventListener("pointerup", (event) => {
              const rect = band(), from = begin;
              begin = null;
              if (!rect || !from) return;
              rect.remove();
              const range = [from.at, valueAt(chart, event)].sort((p, q) => p - q);
              if (range[1] > range[0]) zoom(chart.scale.axis, range);
            });
            chart.plot.addEventListener("pointercancel", () => { begin = null; const rect = band(); if (rect) rect.remove(); });
            chart.plot.addEventListener("pointerleave", () => { if (!begin) show(axisOf(chart), null); });
            chart.plot.addEventListener("dblclick", reset);
            chart.plot.addEventListener("keydown", (event) => keys(chart, event));
            chart.plot.addEventListener("blur", () => show(axisOf(chart), null));
          };
          const toggle = (id, change) => {
            const button = document.getElementById(id);
            if (!button) return;
            button.addEventListener("click", () => {
              const on = button.getAttribute("aria-pressed") !== "true";
              button.setAttribute("aria-pressed", String(on));
              change(on);
              redraw();
            });
          };
          const start = () => {
            data.charts.forEach((chart, n) => {
              const box = document.getElementById("chart" + n);
              const read = (line) => ({ label: line.label, v: line.v, t: sums(line.t).map((ms) => ms / 1000),
                s: line.s ? sums(line.s) : null, mean: line.mean ? read(line.mean) : null });
              const series = chart.series.map(read);
              // Steps that begin again with each epoch are no axis.
              const grows = (array) => array.every((value, i) => !i || value >= array[i - 1]);
              const entry = { id: "chart" + n, unit: chart.unit, limit: chart.limit, series, box,
                plot: box.querySelector(".plot"), readout: box.querySelector(".readout"),
                steps: series.length > 0 && series.every((line) => line.s && grows(line.s)) };
              charts.push(entry);
              pointer(entry);
            });
            for (const tools of document.querySelectorAll(".tools")) tools.hidden = false;
            toggle("by-step", (on) => { state.axis = on ? "step" : "time"; state.at = null; });
            toggle("log-scale", (on) => { state.log = on; });
            for (const button of document.querySelectorAll(".reset")) button.addEventListener("click", reset);
            const filter = document.getElementById("filter");
            if (filter) filter.addEventListener("input", () => {
              const wanted = filter.value.toLowerCase();
              for (const chart of charts) {
                const title = chart.box.querySelector("h3").textContent.toLowerCase();
                if (chart.box.dataset.kind === "metric") chart.box.hidden = !title.includes(wanted);
              }
              redraw();
            });
            for (const log of document.querySelectorAll("pre.log")) log.scrollTop = log.scrollHeight;
            let wait = 0;
            const later = () => { cancelAnimationFrame(wait); wait = requestAnimationFrame(redraw); };
            new ResizeObserver(later).observe(document.querySelector("main"));
            redraw();
            document.documentElement.dataset.drawn = String(charts.length);
          };

        """#
}
