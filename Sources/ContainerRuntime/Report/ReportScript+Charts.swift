extension ReportPage {
    /// Draws one chart from its data and the view.
    static let drawing = #"""
          const axisOf = (chart) => chart.steps && state.axis === "step" ? "step" : "time";
          const xs = (line, axis) => axis === "step" ? line.s : line.t;
          // The first place whose x is not below a value.
          const lower = (array, value) => {
            let low = 0, high = array.length;
            while (low < high) {
              const middle = (low + high) >> 1;
              if (array[middle] < value) low = middle + 1; else high = middle;
            }
            return low;
          };
          const nearest = (array, value) => {
            const place = lower(array, value);
            if (place === 0) return 0;
            if (place === array.length) return place - 1;
            return value - array[place - 1] <= array[place] - value ? place - 1 : place;
          };
          const whole = (chart, axis) => {
            let low = Infinity, high = -Infinity;
            const others = axis === "time" ? charts : charts.filter((c) => c.steps);
            for (const c of others) for (const line of c.series) {
              const x = xs(line, axis);
              if (x.length) { low = Math.min(low, x[0]); high = Math.max(high, x[x.length - 1]); }
            }
            if (axis === "time") { low = Math.min(0, low); high = Math.max(data.end || 0, high); }
            return high > low ? [low, high] : [low - 1, low + 1];
          };
          const shown = (chart) => view[axisOf(chart)] || whole(chart, axisOf(chart));
          const heights = (chart, axis, from, to, logs) => {
            let low = Infinity, high = -Infinity;
            for (const line of chart.series) {
              const x = xs(line, axis);
              for (let n = Math.max(0, lower(x, from) - 1); n < x.length; n += 1) {
                const v = line.v[n];
                if (!logs || v > 0) { low = Math.min(low, v); high = Math.max(high, v); }
                if (x[n] > to) break;
              }
            }
            if (logs) { low = Math.log10(low); high = Math.log10(high); }
            if (!(low <= high)) return [0, 1];
            if (chart.unit && !logs) {
              low = Math.min(0, low);
              // A limit that is far away would make the line flat.
              if (chart.limit && high > chart.limit / 3) high = Math.max(high, chart.limit);
            }
            if (low === high) {
              const by = Math.abs(low) * 0.1 || 1;
              return [chart.unit && low === 0 ? 0 : low - by, high + by];
            }
            const room = (high - low) * 0.06;
            return [chart.unit && low === 0 ? 0 : low - room, high + room];
          };

          const draw = (chart) => {
            const width = chart.plot.clientWidth, height = chart.plot.clientHeight;
            if (!width) return;
            const axis = axisOf(chart), [from, to] = shown(chart);
            const logs = state.log && !chart.unit && chart.series.some((line) => line.v.some((v) => v > 0));
            const [low, high] = heights(chart, axis, from, to, logs);
            const x = (v) => M.left + (v - from) / (to - from) * (width - M.left - M.right);
            const y = (v) => height - M.bottom - (v - low) / (high - low) * (height - M.top - M.bottom);
            const lift = (v) => logs ? Math.log10(v) : v;
            chart.scale = { axis, from, to, width, height, x, y: (v) => y(lift(v)) };
            chart.plot.setAttribute("viewBox", "0 0 " + width + " " + height);
            chart.plot.replaceChildren();
            const clip = chart.id + "c";
            make(make(make(chart.plot, "defs", {}), "clipPath", { id: clip }), "rect",
              { x: M.left, y: 0, width: Math.max(0, width - M.left - M.right), height: height - M.bottom + 1 });
            for (const value of logs ? powers(low, high) : ticks(low, high, 4)) {
              make(chart.plot, "line", { class: "grid", x1: M.left, x2: width - M.right, y1: y(value), y2: y(value) });
              make(chart.plot, "text", { x: M.left - 8, y: y(value) + 4, "text-anchor": "end" }).textContent =
                write(logs ? 10 ** value : value, chart.unit, false);
            }
            let free = -Infinity;
            for (const value of ticks(from, to, Math.max(2, Math.floor(width / 75)), axis === "time" ? timeSteps : null)) {
              const label = axis === "time" ? (value === 0 ? "0" : span(value)) : trim(value, 7);
              const half = label.length * 3.4;
              const at = Math.min(width - half, x(value));
              if (at - half < free) continue;
              free = at + half + 6;
              make(chart.plot, "text", { x: at, y: height - 6, "text-anchor": "middle" }).textContent = label;
            }
            if (chart.limit && !logs && chart.limit <= high) {
              const at = y(chart.limit);
              make(chart.plot, "line", { class: "limit", x1: M.left, x2: width - M.right, y1: at, y2: at });
            }
            const area = make(chart.plot, "g", { "clip-path": "url(#" + clip + ")" });
            const trace = (line, kind) => {
              const places = xs(line, axis);
              let path = "", drawn = 0, pen = "M";
              for (let n = Math.max(0, lower(places, from) - 1); n < places.length; n += 1) {
                if (logs && line.v[n] <= 0) { pen = "M"; continue; }
                path += pen + x(places[n]).toFixed(1) + " " + y(lift(line.v[n])).toFixed(1);
                pen = "L";
                drawn += 1;
                if (places[n] > to) break;
              }
              make(area, "path", { class: kind, d: path });
              return drawn;
            };
            // Among more values than there is room for, the eye sees a block: then their mean is drawn over them.
            const many = chart.series.map((line) => {
              const places = xs(line, axis), count = lower(places, to) - lower(places, from);
              return line.mean.v.length > 0 && xs(line.mean, axis) && count > (width - M.left - M.right) * 0.8;
            });
            chart.series.forEach((line, index) => {
              const drawn = trace(line, (many[index] ? "faint s" : "s") + index % 8), places = xs(line, axis);
              if (drawn === 1 && places.length === 1) {
                make(area, "circle", { class: "lone f" + index % 8, r: 3.5, cx: x(places[0]), cy: y(lift(line.v[0])) });
              }
            });
            chart.series.forEach((line, index) => { if (many[index]) trace(line.mean, "s" + index % 8); });
            chart.marks = make(chart.plot, "g", {});
          };

        """#
}
