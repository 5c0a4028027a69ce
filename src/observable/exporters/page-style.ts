/** The style of the timeline page. The colours have the names of page/palette.ts, which draws with them. */
export const pageStyle = `
:root { color-scheme: light dark; --paper: #fff; --raised: #f6f7f9; --ink: #1c2026; --soft: #59616c; --line: #dfe3e8;
  --work: #2f6f9f; --wait: #b9d2e4; --failed: #b3261e; --cancelled: #666d77; --queued: #a8700c; --picked: #fff3d6;
  --path: #8e24aa; --focus: #0b63ce; --indent: 12px; }
@media (prefers-color-scheme: dark) { :root { --paper: #16191d; --raised: #1e2227; --ink: #e6e9ed; --soft: #a3acb7;
  --line: #31373f; --work: #6cb0e0; --wait: #2c475b; --failed: #f28880; --cancelled: #9aa3ae; --queued: #d9a441;
  --picked: #3a3320; --path: #d59bf0; --focus: #7db8ff; } }
* { box-sizing: border-box; }
body { margin: 0; height: 100vh; height: 100dvh; display: flex; flex-direction: column; background: var(--paper); color: var(--ink);
  font: 13px/1.4 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: 6px 18px; align-items: center; padding: 8px 14px; border-bottom: 1px solid var(--line); }
h1 { font-size: 15px; margin: 0; } header p { margin: 0; color: var(--soft); }
.tools { margin-left: auto; display: flex; flex-wrap: wrap; gap: 6px; align-items: center; } .tools select { width: 150px; }
button, input, select { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--line); border-radius: 4px; padding: 3px 9px; }
button[aria-pressed=true] { border-color: var(--path); box-shadow: inset 0 -2px var(--path); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }
#tree:focus-visible, aside:focus-visible { outline-offset: -2px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; padding: 4px 14px; color: var(--soft); border-bottom: 1px solid var(--line); }
.legend canvas { vertical-align: -2px; margin-right: 5px; width: 26px; height: 11px; }
#status { margin-left: auto; color: var(--ink); min-height: 1.4em; }
main { flex: 1; min-height: 0; display: flex; }
#charts { flex: 1; min-width: 0; min-height: 0; display: flex; flex-direction: column; }
#overview { flex: none; height: 48px; width: 100%; border-bottom: 1px solid var(--line); cursor: crosshair; touch-action: none; }
#scroller { flex: 1; overflow-y: auto; overflow-x: hidden; position: relative; }
#sticky { position: sticky; top: 0; display: flex; overflow: hidden; }
#tree { width: 260px; flex: none; position: relative; border-right: 1px solid var(--line); overflow: hidden; }
#tree [role=treeitem] { position: absolute; left: 0; right: 0; height: 22px; line-height: 22px; contain: layout paint style; white-space: pre; display: flex; padding: 0 6px 0 calc(6px + var(--depth) * var(--indent)); cursor: default; }
#tree [aria-selected=true] { background: var(--picked); }
#tree i { font-style: normal; flex: none; width: 15px; color: var(--soft); }
#tree [role=treeitem] > span { display: flex; min-width: 0; } #tree span span:first-child { overflow: hidden; text-overflow: ellipsis; }
#tree .found { font-weight: 650; text-decoration: underline; }
.failed { color: var(--failed); } .cancelled { color: var(--cancelled); }
#chart { flex: 1; min-width: 0; cursor: grab; touch-action: none; }
aside { width: 340px; flex: none; overflow: auto; border-left: 1px solid var(--line); background: var(--raised); padding: 10px 16px; }
aside[hidden] { display: none; } aside h2 { font-size: 14px; margin: 0; overflow-wrap: anywhere; }
aside h3 { font: inherit; color: var(--soft); margin: 8px 0 0; } aside > p { margin: 0 0 8px; font-weight: 650; }
aside ul { margin: 0; padding: 0; list-style: none; overflow-wrap: anywhere; } aside li { margin: 2px 0; } aside li button, dd button { padding: 0 5px; font-size: 12px; }
figure { margin: 0; } .shares { display: flex; height: 13px; margin: 4px 0; } .shares span { min-width: 1px; flex-basis: 0; }
.shares .ran { background: var(--work); } .shares .waited { background: repeating-linear-gradient(135deg, var(--work) 0 1.4px, var(--wait) 1.4px 5.6px); }
.shares .queued { background: radial-gradient(circle at 2px 2px, var(--queued) 1.2px, transparent 1.5px) 0 0 / 5px 5px; }
dl { margin: 0; display: grid; grid-template-columns: auto 1fr; gap: 2px 12px; margin-top: 8px; } dt { color: var(--soft); max-width: 110px; }
dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { padding: 3px 14px; color: var(--soft); border-top: 1px solid var(--line); }
@media (max-width: 760px) { :root { --indent: 6px; } #tree { width: 130px; } #tree i { width: 12px; } main { flex-direction: column; }
  header { gap: 4px 8px; padding: 5px 8px; font-size: 12px; } .tools { margin-left: 0; gap: 4px; } .tools select { width: 84px; padding: 3px; }
  #search { width: 96px; padding: 3px 5px; } .legend { padding: 2px 8px; gap: 0 10px; font-size: 12px; } #overview { height: 34px; }
  aside { width: auto; max-height: 45%; border-left: 0; border-top: 2px solid var(--line); padding: 8px; } footer { display: none; } }
`;
