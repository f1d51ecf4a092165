extension ReportPage {
    /// The style sheet; colours are checked for contrast by a test, in light and in dark.
    static let style = """
        :root { color-scheme: light dark;
          --ground: #ffffff; --raised: #f6f8fa; --line: #d0d7de; --grid: #e6eaef; --text: #1f2328; --soft: #57606a;
          --good: #1a7f37; --bad: #cf222e; --stop: #9a6700; --accent: #0969da; --mark: #ddf4ff;
          --c0: #0969da; --c1: #bc4c00; --c2: #1a7f37; --c3: #8250df; --c4: #bf3989; --c5: #57606a; --c6: #9a6700;
          --c7: #0f766e; }
        @media (prefers-color-scheme: dark) { :root {
          --ground: #0d1117; --raised: #161b22; --line: #30363d; --grid: #21262d; --text: #e6edf3; --soft: #9aa4af;
          --good: #3fb950; --bad: #ff7b72; --stop: #d29922; --accent: #58a6ff; --mark: #12283f;
          --c0: #58a6ff; --c1: #f0883e; --c2: #3fb950; --c3: #bc8cff; --c4: #ff7bba; --c5: #a8b3bd; --c6: #d29922;
          --c7: #39c5cf; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--text);
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        .sheet { max-width: 1240px; margin: 0 auto; padding: 24px 24px 64px; }
        a { color: var(--accent); }
        h1 { font-size: 28px; line-height: 1.25; margin: 0; font-weight: 650; letter-spacing: -0.01em; }
        h2 { font-size: 18px; margin: 40px 0 12px; font-weight: 650; }
        h3 { font-size: 15px; margin: 0; font-weight: 650; overflow-wrap: anywhere; }
        code, pre, .mono { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
          font-size: 13px; }
        .soft { color: var(--soft); }
        header.outcome { border-left: 8px solid var(--good); padding: 4px 0 4px 20px; }
        header.failed { border-color: var(--bad); } header.stopped { border-color: var(--stop); }
        .badge { font-weight: 700; color: var(--good); } .failed .badge { color: var(--bad); }
        .stopped .badge { color: var(--stop); }
        .cause { margin: 12px 0 0; font-size: 16px; font-family: ui-monospace, SFMono-Regular, Menlo, Consolas,
          "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
        .advice { margin: 8px 0 0; }
        dl.facts { display: flex; flex-wrap: wrap; gap: 12px 40px; margin: 20px 0 0; }
        dl.facts div { min-width: 0; } dl.facts dt { color: var(--soft); font-size: 13px; }
        dl.facts dd { margin: 0; font-size: 17px; font-weight: 600; overflow-wrap: anywhere; }
        nav { margin-top: 20px; display: flex; flex-wrap: wrap; gap: 4px 18px; }
        .notes { margin: 0; padding: 12px 16px 12px 34px; background: var(--raised); border: 1px solid var(--line);
          border-left: 4px solid var(--stop); border-radius: 6px; overflow-wrap: anywhere; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        th { text-align: left; color: var(--soft); font-weight: 600; font-size: 13px; }
        th, td { padding: 6px 16px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
        td.name { white-space: nowrap; width: 1%; padding-right: 28px; } td.wide { overflow-wrap: anywhere; min-width: 180px; }
        td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .scroll + .scroll { margin-top: 20px; }
        .timeline td.track { width: 60%; padding-top: 10px; } .timeline svg { display: block; width: 100%; height: 14px; }
        .timeline td { border-bottom-color: var(--grid); } .track rect { fill: var(--accent); }
        .track rect.ground { fill: var(--raised); } .track rect.wrong { fill: var(--bad); } .wrong-text { color: var(--bad); }
        .tools { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; margin-bottom: 12px; }
        .tools[hidden] { display: none; }
        button, input[type=search] { font: inherit; font-size: 14px; color: var(--text); background: var(--raised);
          border: 1px solid var(--line); border-radius: 6px; padding: 4px 12px; }
        button { cursor: pointer; } button[aria-pressed=true] { border-color: var(--accent); color: var(--accent); }
        button:hover { border-color: var(--soft); }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        .charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 380px), 1fr)); gap: 16px; }
        .chart { border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px 8px; min-width: 0; }
        .chart[hidden] { display: none; }
        .chart .head { display: flex; justify-content: space-between; gap: 12px; align-items: baseline; }
        .chart .last { font-size: 20px; font-weight: 650; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .chart .range, .chart .readout, .chart .keys { font-size: 13px; color: var(--soft);
          font-variant-numeric: tabular-nums; margin: 0; }
        .chart .readout { min-height: 20px; color: var(--text); overflow-wrap: anywhere; }
        .chart .warn { color: var(--bad); font-size: 13px; margin: 0; }
        .plot { display: block; width: 100%; height: 190px; margin-top: 6px; touch-action: pan-y; cursor: crosshair;
          border-radius: 4px; user-select: none; }
        /* A mark that goes away under the pointer would take the event with it. */
        .plot * { pointer-events: none; }
        .plot text { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
        .plot .grid { stroke: var(--grid); } .plot .limit { stroke: var(--bad); stroke-dasharray: 5 4; }
        .plot .hair { stroke: var(--soft); } .plot .select { fill: var(--accent); opacity: 0.18; }
        .plot path { fill: none; stroke-width: 1.75; stroke-linejoin: round; }
        .plot path.faint { opacity: 0.32; stroke-width: 1; }
        .plot circle.lone { stroke: none; }
        .s0 { stroke: var(--c0); } .s1 { stroke: var(--c1); } .s2 { stroke: var(--c2); } .s3 { stroke: var(--c3); }
        .s4 { stroke: var(--c4); } .s5 { stroke: var(--c5); } .s6 { stroke: var(--c6); } .s7 { stroke: var(--c7); }
        .f0 { fill: var(--c0); } .f1 { fill: var(--c1); } .f2 { fill: var(--c2); } .f3 { fill: var(--c3); }
        .f4 { fill: var(--c4); } .f5 { fill: var(--c5); } .f6 { fill: var(--c6); } .f7 { fill: var(--c7); }
        .keys { display: flex; flex-wrap: wrap; gap: 0 14px; list-style: none; padding: 0; }
        .keys svg { width: 14px; height: 10px; margin-right: 5px; }
        pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 12px 14px; margin: 0;
          overflow: auto; max-height: 440px; white-space: pre-wrap; overflow-wrap: anywhere; tab-size: 8; }
        pre mark { background: none; color: var(--bad); font-weight: 700; }
        @media print { .tools, nav { display: none; } .chart { break-inside: avoid; } pre { max-height: none; } }
        @media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
        """
}
