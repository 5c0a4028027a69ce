/** The style of the timeline page. */
export const pageStyle = `
:root { color-scheme: light dark; --paper: #fff; --raised: #f6f7f9; --ink: #1c2026; --soft: #5f6772; --line: #dfe3e8;
  --work: #2f6f9f; --wait: #a9c6dc; --failed: #bb2d25; --cancelled: #7b828c; --picked: #fff3d6; --focus: #0b63ce; }
@media (prefers-color-scheme: dark) { :root { --paper: #16191d; --raised: #1e2227; --ink: #e6e9ed; --soft: #9aa3ae;
  --line: #31373f; --work: #6cb0e0; --wait: #34536a; --failed: #f0766e; --cancelled: #8d96a1; --picked: #3a3320; --focus: #7db8ff; } }
* { box-sizing: border-box; }
body { margin: 0; height: 100vh; display: flex; flex-direction: column; background: var(--paper); color: var(--ink);
  font: 13px/1.4 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: 6px 18px; align-items: center; padding: 10px 14px; border-bottom: 1px solid var(--line); }
h1 { font-size: 15px; margin: 0; } header p { margin: 0; color: var(--soft); }
.tools { margin-left: auto; display: flex; flex-wrap: wrap; gap: 6px; align-items: center; }
button, input, select { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--line); border-radius: 4px; padding: 3px 9px; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 14px; padding: 5px 14px; color: var(--soft); border-bottom: 1px solid var(--line); }
.legend canvas { vertical-align: -2px; margin-right: 5px; }
main { flex: 1; min-height: 0; display: flex; }
#charts { flex: 1; min-width: 0; display: flex; flex-direction: column; }
#minimap { height: 44px; width: 100%; border-bottom: 1px solid var(--line); cursor: crosshair; }
#scroller { flex: 1; overflow-y: auto; overflow-x: hidden; position: relative; }
#sticky { position: sticky; top: 0; display: flex; overflow: hidden; }
#tree { width: 300px; flex: none; position: relative; border-right: 1px solid var(--line); overflow: hidden; }
#tree [role=treeitem] { position: absolute; left: 0; right: 0; height: 22px; line-height: 22px; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; padding-right: 6px; cursor: default; }
#tree [aria-selected=true] { background: var(--picked); }
#tree .found { font-weight: 650; text-decoration: underline; } #tree i { font-style: normal; display: inline-block; width: 15px; color: var(--soft); }
#tree .failed { color: var(--failed); } #tree .cancelled { color: var(--cancelled); }
#chart { flex: 1; min-width: 0; cursor: grab; }
aside { width: 340px; flex: none; overflow: auto; border-left: 1px solid var(--line); background: var(--raised); padding: 12px 16px; }
aside[hidden] { display: none; } aside h2 { font-size: 14px; margin: 0 0 8px; overflow-wrap: anywhere; }
dl { margin: 0; } dt { color: var(--soft); margin-top: 8px; } dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { padding: 4px 14px; color: var(--soft); border-top: 1px solid var(--line); }
@media (max-width: 760px) { #tree { width: 130px; } main { flex-direction: column; } aside { width: auto; max-height: 40%; border-left: 0; border-top: 1px solid var(--line); } }
`;
