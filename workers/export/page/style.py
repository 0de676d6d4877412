"""The page's style sheet: paper, one accent, running text; light and dark as the reader's system is set."""

STYLE = """
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",
 Roboto,"Helvetica Neue",Arial,"Noto Sans",sans-serif;font-variant-numeric:tabular-nums}
main{max-width:46rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .15rem;letter-spacing:-.01em}
h2{font-size:1.05rem;margin:2.4rem 0 .5rem}
h3{font-size:.9rem;font-weight:500;color:var(--muted);margin:1.1rem 0 .3rem}
p{margin:.4rem 0}
a{color:var(--accent)}
.sub,.note,caption,summary,th,dt{color:var(--muted)}
.sub{margin-bottom:1.3rem}
.reads{font-size:1.05rem;border-inline-start:3px solid var(--accent);padding-inline-start:.8rem}
.note{font-size:.86rem}
.caveat::before{content:"Careful: ";font-weight:600}
.text{font-size:1.08rem;line-height:1.85;white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:plaintext;
 margin:.3rem 0}
.u{padding:.19em 0;-webkit-box-decoration-break:clone;box-decoration-break:clone;background-repeat:no-repeat}
.u:hover{outline:2px solid var(--accent);outline-offset:-1px}
.null{background-image:repeating-linear-gradient(135deg,var(--hatch) 0 1px,transparent 1px 5px)}
.generated,.predicted{box-shadow:0 2px 0 var(--accent)}
.predicted{box-shadow:none;text-decoration:underline dashed var(--accent) 2px;text-underline-offset:.42em}
.marked{outline:2px solid var(--ink);outline-offset:-2px}
.named{font:.78em ui-monospace,Menlo,Consolas,monospace;padding:.42em .35em}
.thin{display:inline-block;width:.32em;height:1.5em;padding:0;vertical-align:-.36em}
i{font-style:normal;opacity:.6;-webkit-user-select:none;user-select:none}
svg{display:block;max-width:100%;height:auto;margin:.6rem 0}
svg path{fill:none}
.scroll{overflow-x:auto}
.wide{min-width:36rem}
dl.figures{display:flex;flex-wrap:wrap;gap:.4rem 2rem;margin:1.2rem 0}
dl.figures div{display:flex;flex-direction:column-reverse}
dt{font-size:.82rem}
dd{margin:0;font-size:1.2rem}
.table{overflow-x:auto;margin:.5rem 0}
table{border-collapse:collapse;font-size:.86rem}
th,td{text-align:start;padding:.22rem .9rem .22rem 0;border-bottom:1px solid var(--rule);vertical-align:top;
 white-space:pre-wrap}
th{font-weight:500}
.n{text-align:end;white-space:nowrap}
details{margin:.7rem 0}
summary{cursor:pointer;font-size:.86rem}
code{font:.9em ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
@media print{main{max-width:none;padding:0}details{display:none}}
"""
