import { createHash } from "node:crypto";

/**
 * The style sheet of a report for light and dark screens and for paper. Colours of figures are set by the classes
 * that figures have; of gains and losses by language, as `gainAndLoss` has them.
 */
export const style = `
:root{color-scheme:light dark;--text:light-dark(#1f2430,#e6e9ee);--muted:light-dark(#59616c,#a4acb8);--line:light-dark(#dfe3e8,#343b47);
--surface:light-dark(#fff,#171b22);--band:light-dark(#f5f7f9,#1f242d);--account:light-dark(#2457c5,#7ea6f8);--benchmark:light-dark(#7a828e,#9aa3b0);
--gain:light-dark(#1b7f3b,#5fc77f);--loss:light-dark(#c62f2f,#f08080)}
body:lang(ko){word-break:keep-all}
:lang(ko){--gain:light-dark(#c9302c,#f08080);--loss:light-dark(#1f5fbf,#7ea6f8)}
*{box-sizing:border-box}
body{margin:0 auto;max-width:840px;padding:24px 40px 48px;background:var(--surface);color:var(--text);
font:15px/1.5 system-ui,-apple-system,"Segoe UI","Apple SD Gothic Neo","Malgun Gothic","Noto Sans KR","Noto Sans CJK KR",sans-serif}
h1{font-size:26px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:19px;margin:40px 0 8px;padding-top:12px;border-top:1px solid var(--line)}
h3{font-size:14px;margin:20px 0 4px}
p{margin:4px 0 10px}
ul{margin:4px 0;padding-left:20px}
.note,figcaption,li{color:var(--muted);font-size:13px}
figure{margin:8px 0 16px}
figcaption{font-weight:600}
.scroll{overflow-x:auto}
svg{display:block;width:100%;height:auto}
.number,td{font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%;font-size:13px}
th,td{padding:4px 8px 4px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}
th{font-weight:600;color:var(--muted)}
tbody th{font-weight:400;color:var(--text)}
.n{text-align:right;padding-right:0;padding-left:12px;white-space:nowrap}
td.day,th.day{white-space:nowrap}
small{display:block;color:var(--muted);font-size:11px;line-height:1.2}
.narrow{max-width:460px}
td.gain{color:var(--gain)}
td.loss{color:var(--loss)}
.hash,.value{overflow-wrap:anywhere}
.hash{font:12px/1.5 ui-monospace,Consolas,monospace}
.groups{columns:2 330px;column-gap:32px}
.groups>div{break-inside:avoid}
.groups h3{margin-top:0;padding-top:16px}
.formulas{display:grid;grid-template-columns:minmax(130px,1fr) 3fr;gap:2px 16px;font-size:13px;margin:0}
dt{font-weight:600}
dd{margin:0;color:var(--muted)}
svg .label{fill:var(--muted)}
svg .number{fill:var(--text)}
svg .grid{stroke:var(--line)}
svg .axis,svg .decision{stroke:var(--muted)}
svg .line.account,svg .area.account{stroke:var(--account)}
svg .line.benchmark,svg .area.benchmark{stroke:var(--benchmark)}
svg .line.long{stroke:var(--text)}
svg rect.account,svg .area.account{fill:var(--account)}
svg rect.benchmark,svg .area.benchmark{fill:var(--benchmark)}
svg rect.long{fill:var(--text)}
svg rect.gain{fill:var(--gain)}
svg rect.loss{fill:var(--loss)}
@media (max-width:640px){body{padding:16px}.scroll svg{width:640px}table.wide{min-width:500px}.formulas{grid-template-columns:1fr}.formulas dd{margin-bottom:8px}}
@media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:10pt}h2{break-after:avoid;margin-top:20px}
figure,tr{break-inside:avoid}thead{display:table-header-group}svg rect,svg path{print-color-adjust:exact}}
@page{margin:16mm}
`;

/** The hash by which a content security policy allows this style sheet. */
export const styleHash = `sha256-${createHash("sha256").update(style).digest("base64")}`;
