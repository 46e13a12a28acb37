"""How a report looks: its style sheet.

What belongs here: CSS. What does not: what the page says (see ``page``).
"""

STYLE = """
:root { color-scheme: light; --ink: #1f2937; --soft: #6b7280; --line: #e5e7eb; --good: #1b6e3c; --bad: #b3261e; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .3rem; } h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; } h3 { font-size: 1rem; }
p { max-width: 46rem; } .soft { color: var(--soft); } .good { color: var(--good); } .bad { color: var(--bad); }
ul.said { padding-left: 1.1rem; } ul.said li { margin: .25rem 0; }
svg { width: 100%; height: auto; max-width: 46rem; display: block; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.n { white-space: nowrap; font-variant-numeric: tabular-nums; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; padding: .1rem .8rem; }
details[open] { padding-bottom: .8rem; } summary { cursor: pointer; padding: .5rem 0; }
summary b { margin-right: .5rem; overflow-wrap: anywhere; }
.tag { display: inline-block; font-size: .78rem; padding: 0 .45rem; border-radius: 1rem; border: 1px solid currentColor; }
.item { border-left: 4px solid var(--line); padding: .1rem 0 .1rem .8rem; margin: .9rem 0; }
.item.right, .item.optional { border-color: var(--good); } .item.forbidden, .item.surplus { border-color: var(--bad); }
.item p { margin: .1rem 0; }
.turns { margin: .4rem 0 0; font-size: .88rem; background: #f9fafb; border-radius: .4rem; padding: .4rem .6rem; }
.turns p { margin: .15rem 0; max-width: none; } .turns .cited { background: #fff; }
mark { background: #fde68a; padding: 0 .1em; }
@media (max-width: 40rem) { body { padding: 1rem .7rem 3rem; font-size: 15px; } td, th { padding-right: .4rem; } }
"""
