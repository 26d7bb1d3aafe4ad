import { colourProperties } from './charts/colours.ts'

/** A self-contained HTML page under a heading: light and dark, as wide as a phone; nothing is loaded and nothing runs. `body` is HTML. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
${body}
</main>
</body>
</html>
`
}

const style = `
:root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--bar:#8fa8c4;--land:#e3e8ee;--down:#2f8f5b;--mid:#d08a1d;${colourProperties('light')}}
@media(prefers-color-scheme:dark){:root{--page:#10161d;--card:#18212b;--bar:#4c6a8a;--land:#24303d;--down:#4fb47d;--mid:#e0a848;${colourProperties('dark')}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1000px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:26px;margin:0}h2{font-size:18px;margin:32px 0 8px}
.quiet{color:var(--quiet);margin:0}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(130px,1fr));gap:8px;margin-top:20px}
.card,section.box{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px}
.card b{display:block;font-size:22px}.card span{color:var(--quiet);font-size:13px}
svg{display:block;width:100%;height:auto}
svg text{fill:var(--quiet);font-size:11px}
table{border-collapse:collapse;width:100%}td{padding:3px 8px 3px 0;vertical-align:top;overflow-wrap:anywhere}td.n{text-align:right;white-space:nowrap;width:90px}
article{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px;margin-top:8px;overflow-wrap:anywhere}
article h3{font-size:15px;margin:0}
.tag{display:inline-block;border-radius:4px;padding:0 6px;margin-right:6px;color:#fff;font-size:13px}
.allow{background:var(--down)}.challenge{background:var(--mid)}.deny{background:var(--up)}
.why{display:grid;grid-template-columns:150px 52px 1fr;gap:2px 8px;margin-top:8px;align-items:center;font-size:14px}
.why i{display:block;height:10px;border-radius:2px}.up{background:var(--up);margin-left:50%}.down{background:var(--down);justify-self:end;margin-right:50%}
.why div{display:grid}
@media(max-width:600px){.why{grid-template-columns:70px 44px 1fr}}
.charts{display:grid;align-items:start;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:12px;margin-top:12px}
figure{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px;margin:0}
figcaption{font-size:14px;margin-bottom:6px}
figure svg text{font-size:12px}
@media(max-width:600px){figure svg text{font-size:14px}}
.box p{margin:6px 0}
.key{display:flex;flex-wrap:wrap;gap:2px 14px;margin:6px 0 0;padding:0;list-style:none;font-size:13px;color:var(--quiet)}
.key i{display:inline-block;width:14px;height:4px;border-radius:2px;margin-right:5px;vertical-align:middle}
.wide{overflow-x:auto}
.wide table{font-size:14px}.wide th{white-space:nowrap;text-align:right;font-weight:500;color:var(--quiet);padding:3px 0 3px 12px;vertical-align:bottom}
.wide td{text-align:right;padding:3px 0 3px 12px;overflow-wrap:normal;white-space:nowrap;font-variant-numeric:tabular-nums;border-top:1px solid var(--line)}
.wide th:first-child,.wide td:first-child{text-align:left;padding-left:0}
.met{color:var(--down);font-weight:600}.missed{color:var(--up);font-weight:600}
`

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as HTML shows it. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (char) => escapes[char] ?? char)
}
