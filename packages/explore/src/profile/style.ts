/** The page's own style: both modes by variables, one column on a phone and two on a screen. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #f5f4ef; --card: #fffefb; --ink: #1d2522; --dim: #55625c; --edge: #e0ddd2; --track: #efede5;
  --axis: #9aa39d; --gap: #f3e3cf;
  --rows: #0f766e; --lines: #8b958f; --filtered: #b4bbb4; --duplicates: #4f57b8; --set-aside: #c2780c; --malformed: #b83b5e; --blank: #d3d2c8;
  --series-1: #0f766e; --series-2: #d08a1d; --series-3: #4f57b8; --series-4: #b83b5e; --series-5: #748a2f; --series-others: #a3aaa5;
  --good: #14694f; --mind: #8a5300; --bad: #a3244a; --good-paper: #dff1e7; --mind-paper: #fbecd0; --bad-paper: #fbe1e7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #111513; --card: #191f1c; --ink: #e6ebe7; --dim: #a0aca5; --edge: #2c3530; --track: #242c28;
    --axis: #65716a; --gap: #3a2f20;
    --rows: #3fb8a5; --lines: #7f8b84; --filtered: #56615b; --duplicates: #8d95f2; --set-aside: #e3a03f; --malformed: #ec7f9d; --blank: #3d4742;
    --series-1: #3fb8a5; --series-2: #e6b45c; --series-3: #8d95f2; --series-4: #ec7f9d; --series-5: #b3c765; --series-others: #6b766f;
    --good: #79d5b0; --mind: #efc077; --bad: #f7a1b7; --good-paper: #16352a; --mind-paper: #3a2c12; --bad-paper: #43202b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; padding: 1.25rem 1rem 3rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere;
}
header { padding-bottom: 0.25rem; }
header > .note { margin: 0 0 0.75rem; }
header, main, footer { max-width: 75rem; margin: 0 auto; }
h1 { margin: 0; font-size: 1.6rem; line-height: 1.2; letter-spacing: -0.015em; font-weight: 650; }
h2 { margin: 0; font-size: 1.05rem; font-weight: 650; }
p { margin: 0; }
.dim, .note { color: var(--dim); }
.note { font-size: 0.875rem; margin-top: 0.5rem; max-width: 46rem; }
.top { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; }
.pill { display: inline-block; padding: 0.15rem 0.7rem; border-radius: 999px; font-size: 0.875rem; font-weight: 600; white-space: nowrap; }
.passed, .ok { color: var(--good); background: var(--good-paper); }
.warned, .warning { color: var(--mind); background: var(--mind-paper); }
.failed, .failure { color: var(--bad); background: var(--bad-paper); }
.noted, .note-mark { color: var(--dim); background: var(--track); }
.tiles { display: flex; flex-wrap: wrap; gap: 1px; margin: 1.25rem 0 1rem; background: var(--edge); border: 1px solid var(--edge); border-radius: 10px; overflow: hidden; }
.tiles > div { flex: 1 1 9.25rem; background: var(--card); padding: 0.8rem 1rem; }
.tiles > .double { flex: 2 1 13rem; }
.tiles dt { color: var(--dim); font-size: 0.8125rem; }
.tiles dd { margin: 0; font-size: 1.3rem; line-height: 1.3; font-weight: 600; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; }
.tiles dd.words { font-size: 0.9375rem; line-height: 1.45; letter-spacing: 0; }
.tiles small { display: block; font-size: 0.8125rem; line-height: 1.4; font-weight: 400; letter-spacing: 0; color: var(--dim); }
main { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
section { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 1rem; min-width: 0; }
section > p:first-of-type { margin-bottom: 0.75rem; }
@media (min-width: 60rem) {
  body { padding: 2rem 2rem 4rem; }
  main { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  section { padding: 1.25rem 1.4rem; }
  .findings { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); column-gap: 2.5rem; }
  section.broad { grid-column: 1 / -1; }
}
.chart { container-type: inline-size; margin: 0.5rem 0; }
.size { display: none; }
.size svg { width: 100%; height: auto; overflow: visible; }
.narrow { display: block; max-width: 26rem; }
@container (min-width: 27rem) { .narrow { display: none; } .middle { display: block; max-width: 44rem; } }
@container (min-width: 50rem) { .has-3 > .middle { display: none; } .wide { display: block; } }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; list-style: none; margin: 0.25rem 0 0; padding: 0; font-size: 0.875rem; }
.legend i, td i { display: inline-block; width: 0.7rem; height: 0.7rem; border-radius: 2px; margin-right: 0.4rem; background: var(--colour); }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
th { text-align: left; font-weight: 600; color: var(--dim); font-size: 0.8125rem; vertical-align: bottom; }
th, td { padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--edge); vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
tr:last-child > td { border-bottom: 0; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.meter { display: block; height: 4px; margin-top: 0.25rem; border-radius: 2px; background: linear-gradient(to right, var(--set-aside) var(--share), var(--track) 0); }
details { margin-top: 0.6rem; }
summary { cursor: pointer; color: var(--dim); font-size: 0.875rem; padding: 0.2rem 0; }
summary:focus-visible { outline: 2px solid var(--rows); outline-offset: 2px; border-radius: 3px; }
.scroll { overflow-x: auto; }
.list { list-style: none; margin: 0; padding: 0; }
.list > li { padding: 0.7rem 0; border-bottom: 1px solid var(--edge); }
.list > li:last-child { border-bottom: 0; }
.findings > li { border-bottom: 0; border-top: 1px solid var(--edge); }
.list p { margin: 0.15rem 0 0; }
.mark { display: inline-block; min-width: 4.6rem; margin-right: 0.6rem; padding: 0.05rem 0.5rem; border-radius: 5px; font-size: 0.8125rem; font-weight: 600; text-align: center; }
code { font: 0.8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.note code { white-space: nowrap; }
.rules { columns: 15rem; column-gap: 1.5rem; list-style: none; margin: 0.5rem 0 0; padding: 0; }
.rules li { padding: 0.1rem 0; break-inside: avoid; }
footer { margin-top: 1.5rem; color: var(--dim); font-size: 0.8125rem; }
@media print { body { padding: 0; } section, .tiles { break-inside: avoid; } }
`
