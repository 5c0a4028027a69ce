/** The bundle of page/main.ts: written by `npm run page`, never by hand. */
export const pageScript = `
"use strict";(()=>{function g(t,e){let n=document.getElementById(t);if(!(n instanceof e))throw new Error(\`the page has no \${e.name} #\${t}\`);
return n}function y(t,e){let n=document.createElement(t);return n.textContent=e,n}function P(t){return Math.max(1,t-18)}var A="11px system-ui, sans-serif",J="700 11px system-ui, sans-serif";function Q(t){g("in",HTMLButtonElement).onclick=()=>t.zoom(.5),g("out",HTMLButtonElement).onclick=()=>t.zoom(2),g("fit",
HTMLButtonElement).onclick=()=>t.showAll(),g("path",HTMLButtonElement).onclick=()=>t.togglePath();let e=g("order",HTMLSelectElement);
e.onchange=()=>{t.rows.setOrder(e.value),t.arranged()};let n=g("filter",HTMLSelectElement);n.onchange=()=>{t.rows.setFilter(
n.value),t.say(n.value==="all"?"":\`\${t.rows.matching} of \${t.model.rows.length} rows\`),t.scroller.scrollTop=0,t.arranged()};
let o=g("search",HTMLInputElement);o.oninput=()=>t.find(o.value),o.onkeydown=r=>{r.key==="Enter"&&t.findNext(r.shiftKey),
r.key==="Escape"&&(o.value="",t.find(""),t.treeBox.focus())},t.treeBox.onclick=r=>{if(!(r.target instanceof HTMLElement))
return;let s=r.target.closest("[data-row]"),i=t.model.rows[Number(s?.dataset.row??Number.NaN)];i!==void 0&&(r.target.localName===
"i"&&t.fold(i,!t.rows.isFolded(i)),t.pick(i),t.treeBox.focus())}}function Z(t,e){if(e<22)return;let n=t.rows.at(Math.floor(
(e-22+t.scroller.scrollTop)/22));n!==void 0&&(t.pick(n),t.treeBox.focus({preventScroll:!0}))}function ee(t){t.treeBox.addEventListener("keydown",e=>{let n=we(t,e);n!==void 0&&(e.preventDefault(),n())}),t.panelBox.
addEventListener("keydown",e=>{e.key==="Escape"&&t.treeBox.focus()}),addEventListener("keydown",e=>{if(e.target instanceof
HTMLInputElement||e.target instanceof HTMLSelectElement||e.ctrlKey||e.metaKey||e.altKey)return;let o=ge(t,e.key);o!==void 0&&
(e.preventDefault(),o())})}function ge(t,e){switch(e){case"+":case"=":return()=>t.zoom(.5);case"-":return()=>t.zoom(2);case"\\
0":return()=>t.showAll();case"c":return()=>t.togglePath();case"]":return()=>t.stepPath(1);case"[":return()=>t.stepPath(-1);case"\\
/":return()=>document.getElementById("search")?.focus();default:return}}function we(t,{key:e,shiftKey:n}){return n&&e===
"ArrowLeft"?()=>t.pan(-.25):n&&e==="ArrowRight"?()=>t.pan(.25):ye(t,e)??be(t,e)}function ye(t,e){let{rows:n,pickedRow:o}=t,
r=o===void 0?-1:n.positions[o.index],s=Math.max(1,Math.floor(t.scroller.clientHeight/22)-2),l={ArrowDown:r+1,ArrowUp:r-1,
Home:0,End:n.length-1,PageDown:r+s,PageUp:r-s}[e];if(l!==void 0)return()=>{let a=n.at(Math.max(0,Math.min(n.length-1,l)));
a!==void 0&&t.goTo(a.index)}}function be(t,e){let n=t.pickedRow;if(n!==void 0)switch(e){case"ArrowLeft":return n.children.
length>0&&!t.rows.isFolded(n)?()=>t.fold(n,!0):n.around<0?void 0:()=>t.goTo(n.around);case"ArrowRight":return t.rows.isFolded(
n)?()=>t.fold(n,!1):void 0;case"Enter":return()=>t.panelBox.focus();case"f":return()=>t.fit(n);case"Escape":return()=>t.
pick(void 0);default:return}}var te=["ran","waited","queued"];var xe=8,Te=2.5,C=class{constructor(e){this.roots=[];this.data=e;let n=[];for(let o of e.rows)n.push(this.rowOf(o,n));this.
rows=n;for(let{children:o}of n)Re(o.map(r=>n[r]));this.path=ve(e);for(let{row:o,from:r,to:s}of this.path)o>=0&&(n[o].onPath+=
s-r)}rowOf(e,n){let o=n[e.around],r=e.ended??this.data.duration,s=e.started??r,i=n.length;return{...e,index:i,depth:o===
void 0?0:o.depth+1,children:[],place:(o?.children??this.roots).push(i),end:r,span:r-s,queued:e.kind==="task"?s-e.created:
0,waited:Me(e.waits),onPath:0,timesMedian:0}}siblings(e){return this.rows[e.around]?.children??this.roots}};function v(t){
return t.timesMedian>=Te}function $({state:t}){return t==="failed"||t==="cancelled"}function Me(t){let e=0;for(let n=0;n<
t.length;n+=3)e+=t[n+1]-t[n];return e}function Re(t){let e=t.filter(({kind:r,span:s,state:i})=>r==="task"&&s>0&&i!=="can\\
celled");if(e.length<xe)return;let n=e.map(({span:r})=>r).sort((r,s)=>r-s),o=n[n.length>>1];for(let r of e)r.timesMedian=
r.span/o}function ve({path:t,texts:e}){let n=[];for(let o=0;o<t.length;o+=5)n.push({row:t[o],from:t[o+1],to:t[o+2],kind:te[t[o+
3]],what:e[t[o+4]]});return n}var z=4,Ee=1.0018;function ne(t){Pe(t),ke(t),He(t)}function Pe({chart:t,overview:e,window:n,redraw:o}){let r=s=>{let{width:i,
left:l}=t.getBoundingClientRect(),a=s.currentTarget===e,d=s.shiftKey||Math.abs(s.deltaX)>Math.abs(s.deltaY);if(s.ctrlKey||
s.altKey||a){let h=a?void 0:n.time(s.clientX-l,P(i));n.zoom(Ee**s.deltaY,h)}else if(d)n.pan((s.deltaX||s.deltaY)/P(i));else
return;s.preventDefault(),o()};for(let s of[t,e])s.addEventListener("wheel",r,{passive:!1})}function ke(t){let{chart:e,window:n,
scroller:o}=t,r=new Map,s=0;e.onpointerdown=i=>{e.setPointerCapture(i.pointerId),r.set(i.pointerId,i),s=r.size>1?z:0},e.
onpointermove=i=>{let l=r.get(i.pointerId);if(l===void 0)return;r.set(i.pointerId,i);let a=i.clientX-l.clientX,d=i.clientY-
l.clientY;if(s+=Math.abs(a)+Math.abs(d),s<z)return;let h=[...r.values()].find(({pointerId:c})=>c!==i.pointerId);h===void 0?
(n.pan(-a/P(e.clientWidth)),o.scrollTop-=d):Se(t,l,i,h),t.redraw()},e.onpointerup=i=>{r.delete(i.pointerId)&&s<z&&t.click(
i.offsetY)},e.onpointercancel=i=>{r.delete(i.pointerId)}}function Se({chart:t,window:e},n,o,r){let s=a=>Math.max(20,Math.
abs(a.clientX-r.clientX)),{left:i,width:l}=t.getBoundingClientRect();e.zoom(s(n)/s(o),e.time(r.clientX-i,P(l)))}function He({
overview:t,window:e,redraw:n}){t.onpointerdown=o=>{t.setPointerCapture(o.pointerId);let r=i=>i.offsetX/t.clientWidth*e.whole,
s=r(o);t.onpointermove=i=>{let l=r(i);Math.abs(l-s)<e.whole/500||(e.show(Math.min(s,l),Math.max(s,l)),n())},t.onpointerup=
()=>{t.onpointermove=null}}}function f(t){return t>=1e3?\`\${(t/1e3).toFixed(2)} s\`:t>=10?\`\${t.toFixed(0)} ms\`:\`\${t.toFixed(2)} ms\`}function oe(t){return t>=
1e3?\`\${+(t/1e3).toFixed(4)} s\`:\`\${+t.toFixed(3)} ms\`}function re(t){let e=[\`\${t.kind} \${t.name}\`,t.state];return t.started===void 0&&t.kind==="task"?e.push("never began"):e.
push(f(t.span)),t.waited>0&&e.push(\`of that waiting \${f(t.waited)}\`),t.queued>=1&&e.push(\`queued \${f(t.queued)} before\`),
v(t)&&e.push(\`slow: \${G(t)}\`),t.onPath>0&&e.push(\`on the critical path for \${f(t.onPath)}\`),e.join(", ")}function G({timesMedian:t}){
return\`\${t.toFixed(1)} times the median of what is beside it\`}function ie(t){let e=[];t.kind==="task"&&t.started===void 0&&
t.ended!==void 0?e.push("never began"):e.push(f(t.span)),t.queued>5&&e.push(\`queued \${f(t.queued)}\`),t.state==="cancelle\\
d"&&e.push("cancelled");let n=t.state==="failed"?t.facts.find(([o])=>o==="Error")?.[1]:void 0;return n!==void 0&&e.push(
Le(n)),e.join(", ")}function Le(t){let e=t.split(\`
\`,1)[0];return e.length>60?\`\${e.slice(0,59)}…\`:e}var Ae=12,Ce=8,O=class{constructor(e,n){this.items=new Map;this.shownVersion=-1;this.box=e,this.model=n,this.layer=document.
createElement("div"),this.layer.role="presentation",e.replaceChildren(this.layer)}draw(e,n){let{rows:o,top:r,height:s,picked:i}=e;
n!==this.shownVersion&&(this.shownVersion=n,this.items.clear(),this.layer.replaceChildren());let l=Math.floor(r/22),a=Math.
min(o.length,l+Math.ceil(s/22)+1);for(let[m,p]of this.items)(m<l||m>=a)&&p.remove();let d=new Map,h=null;for(let m=l;m<a;m++){
let p=this.items.get(m);p===void 0&&(p=this.itemOf(o.at(m),e),p.style.top=\`\${22+m*22}px\`,h===null?this.layer.prepend(p):
h.after(p)),d.set(m,p),h=p}this.items=d,this.layer.style.transform=\`translateY(\${-r}px)\`;let c=i<0?void 0:d.get(o.positions[i]);
c?.id===\`row-\${i}\`?this.box.setAttribute("aria-activedescendant",c.id):this.box.removeAttribute("aria-activedescendant")}itemOf(e,{
rows:n,found:o,picked:r}){let s=document.createElement("div"),i=n.isFolded(e);s.id=\`row-\${e.index}\`,s.dataset.row=String(
e.index),s.role="treeitem",s.ariaLevel=String(e.depth+1),s.ariaSelected=String(e.index===r),s.ariaSetSize=String(this.model.
siblings(e).length),s.ariaPosInSet=String(e.place),s.ariaLabel=re(e),s.title=e.name,s.style.setProperty("--depth",String(
Math.min(e.depth,Ae))),e.children.length>0&&(s.ariaExpanded=String(!i));let l=y("i",e.children.length===0?"":i?"▸":"▾");
return s.append(l,$e(e,o.has(e.index))),s}};function $e({name:t,state:e},n){let o=document.createElement("span");o.className=
n?\`\${e} found\`:e;let r=Math.max(0,t.length-Ce);return o.append(y("span",t.slice(0,r)),y("span",t.slice(r))),o}var B=4,Oe=15;function ae(t,e,n){let{window:o,width:r,scale:s}=t,i=m=>Math.max(-B,Math.min(r+B,o.place(m,s))),l=i(e.started??
e.end),a=i(e.end),d=Math.min(l,i(e.created));e.kind==="scope"?Be(t,e,n,l,a):We(t,e,n,l,a,d);let h=$(e)&&e.ended!==void 0,
c=e.kind==="scope"&&e.cancelled!==void 0?i(e.cancelled):a;h&&qe(t,e,n,c),e.kind==="task"&&De(t,e,n,d,h?a+Oe:a+5)}function Be({
context:t,palette:e},n,o,r,s){t.fillStyle=n.state==="cancelled"?e.cancelled:e.soft,t.fillRect(r,o+9,Math.max(1,s-r),1.5),
t.fillRect(r,o+6,1.5,8),t.fillRect(s-1.5,o+6,1.5,8)}function We(t,e,n,o,r,s){let{context:i,palette:l,width:a}=t,d=n+3;if(o-
s>1&&(i.fillStyle=l.dotted,i.fillRect(s,d+2,o-s,9),i.fillStyle=l.queued,i.fillRect(s,d+1,1,11)),r<0||o>a)return;let h=e.
state==="failed"||e.state==="cancelled"?e.state:"work";i.fillStyle=l.ran[h],i.fillRect(o,d,Math.max(1.5,r-o),13),i.fillStyle=
l.waited[h];for(let[c,m]of Ie(t,e))i.fillRect(Math.max(o,c),d,Math.max(.5,Math.min(r,m)-Math.max(o,c)),13);h==="cancelle\\
d"&&(i.strokeStyle=l.cancelled,i.lineWidth=1,i.strokeRect(o+.5,d+.5,Math.max(.5,r-o-1),12))}function*Ie({window:t,width:e,
scale:n},{waits:o}){let r=t.from,s=t.time(e,n);for(;r<s;){let i=Fe(o,r)*3;if(i>=o.length||o[i]>s)return;let l=t.place(o[i+
1],n);yield[Math.max(-B,t.place(o[i],n)),Math.min(e+B,l)],r=Math.max(o[i+1],t.time(Math.max(0,l)+.4,n))}}function Fe(t,e){
let n=0;for(let o=t.length/3;n<o;){let r=n+o>>1;t[r*3+1]<=e?n=r+1:o=r}return n}function qe({context:t,palette:e},{state:n},o,r){
let s=r+3,i=o+3+3;t.strokeStyle=n==="failed"?e.failed:e.ink,t.lineWidth=1.6,t.beginPath(),n==="failed"?(t.moveTo(s,i),t.
lineTo(s+8,i+8),t.moveTo(s+8,i),t.lineTo(s,i+8)):(t.arc(s+4,i+4,4,0,Math.PI*2),t.moveTo(s+1.2,i+6.8),t.lineTo(s+6.8,i+1.2)),
t.stroke()}function De({context:t,palette:e,width:n},o,r,s,i){if(i<0||s>n)return;let l=v(o),a=(l?"◆ ":"")+ie(o);t.font=
l?J:A,t.fillStyle=o.state==="failed"?e.failed:l?e.ink:e.soft;let d=a.length*6.6;i+d<n?t.fillText(a,i+3,r+22-9):s-d>0&&(t.
textAlign="right",t.fillText(a,s-5,r+22-9),t.textAlign="left")}var le=.5;function ce(t,e,n){let{context:o,palette:r,window:s,width:i,scale:l}=t,a=new Path2D,d=new Path2D,h=de(e,s.from),
c;for(;h<e.length;){let{row:m,from:p,to:S}=e[h],u=Math.max(-4,s.place(p,l)),T=m<0?-100:n(m)+18.5,E=Math.min(i+4,s.place(
S,l));if(c!==void 0&&c.y!==T&&(d.moveTo(u,c.y),d.lineTo(u,T)),a.moveTo(u,T),a.lineTo(Math.max(E,u+le),T),c={x:E,y:T},u>i)
break;h=Math.max(h+1,de(e,s.time(E+le,l)))}o.lineJoin="round";for(let[m,p]of[[r.paper,2],[r.path,0]])o.strokeStyle=m,o.lineWidth=
1.5+p,o.stroke(d),o.lineWidth=3+p,o.stroke(a)}function de(t,e){let n=0;for(let o=t.length;n<o;){let r=n+o>>1;t[r].to<=e?
n=r+1:o=r}return n}function k(t){let e=devicePixelRatio||1,{clientWidth:n,clientHeight:o}=t,r=Math.round(n*e),s=Math.round(o*e);t.width!==r&&
(t.width=r),t.height!==s&&(t.height=s);let i=K(t);return i.setTransform(e,0,0,e,0,0),i.clearRect(0,0,n,o),{context:i,width:n,
height:o}}function K(t){let e=t.getContext("2d");if(e===null)throw new Error("this browser has no 2d canvas");return e}function he(t,e,n,o=110){let r=(e-t)/Math.max(1,n/o),s=10**Math.floor(Math.log10(r)),i=[1,2,5].map(a=>a*s).find(a=>a>=r)??
10*s,l=[];for(let a=Math.ceil(t/i);a*i<=e;a++)l.push(a*i);return l}function me(t,e){let{context:n,width:o,height:r}=k(t),{rows:s,window:i,palette:l,top:a}=e,d=P(o),h={context:n,palette:l,
window:i,width:o,scale:d},c=he(i.from,i.to,d);n.fillStyle=l.line;for(let u of c)n.fillRect(Math.round(i.place(u,d)),0,1,
r);let m=u=>22+u*22-a,p=Math.floor(a/22),S=Math.min(s.length,p+Math.ceil(r/22)+1);for(let u=p;u<S;u++){let T=s.at(u);T.index===
e.picked&&(n.fillStyle=l.picked,n.fillRect(0,m(u),o,22)),ae(h,T,m(u))}e.showsPath&&ce(h,e.model.path,u=>m(s.positions[u])),
je(h,c)}function je({context:t,palette:e,window:n,width:o,scale:r},s){t.fillStyle=e.paper,t.fillRect(0,0,o,22),t.font=A;
for(let i of s){let l=n.place(i,r);t.fillStyle=e.line,t.fillRect(Math.round(l),0,1,22),t.fillStyle=e.soft;let a=oe(i);l+
a.length*6+4<o&&t.fillText(a,l+4,15)}}function fe({rows:t,data:e},n){let o=new Float64Array(n+1),r=new Float64Array(n+1),s=new Uint8Array(n),i=new Uint8Array(
n),l=Math.max(e.duration,.001),a=c=>Math.max(0,Math.min(n-1,Math.floor(c/l*n))),d=(c,m,p)=>{c[a(m)]++,c[a(p)+1]--};for(let c of t){
if(c.kind!=="task")continue;let m=c.started??c.end;m>c.created&&d(r,c.created,m),c.started!==void 0&&d(o,m,c.end),c.state===
"failed"&&(s[a(c.end)]=1),c.state==="cancelled"&&(i[a(c.end)]=1)}let h=1;for(let c=0;c<n;c++)c>0&&(o[c]+=o[c-1],r[c]+=r[c-
1]),h=Math.max(h,o[c]+r[c]);return{running:o,queued:r,failed:s,cancelled:i,most:h}}var U=2,Ne=9,W=class{constructor(e,n){this.canvas=e,this.model=n}draw(e,n){let{clientWidth:o,clientHeight:r}=this.canvas,
s=[n.from,n.to,o,r,devicePixelRatio].join();if(this.drawn?.key===s&&this.drawn.palette===e)return;this.drawn={palette:e,
key:s};let{context:i,width:l,height:a}=k(this.canvas),d=Math.max(1,Math.floor(l/U));this.counts?.bins!==d&&(this.counts=
{bins:d,of:fe(this.model,d)});let{running:h,queued:c,failed:m,cancelled:p,most:S}=this.counts.of,u=x=>x/S*(a-Ne-1);this.
fill(i,e.work,d,x=>[a-u(h[x]),u(h[x])]),this.fill(i,e.dotted,d,x=>[a-u(h[x]+c[x]),u(c[x])]),this.fill(i,e.failed,d,x=>[0,
m[x]===1?5:0]),this.fill(i,e.cancelled,d,x=>[6,p[x]===1?3:0]);let T=n.from/n.whole*l,E=n.to/n.whole*l;i.globalAlpha=.25,
i.fillStyle=e.soft,i.fillRect(0,0,T,a),i.fillRect(E,0,l-E,a),i.globalAlpha=1,i.fillStyle=e.ink,i.fillRect(T,0,1.5,a),i.fillRect(
E-1.5,0,1.5,a)}fill(e,n,o,r){e.fillStyle=n;for(let s=0;s<o;s++){let[i,l]=r(s);l>0&&e.fillRect(s*U,i,U,l)}}};var _e=["paper","ink","soft","line","work","wait","failed","cancelled","queued","picked","path"],M=8;function X(){let t=getComputedStyle(
document.documentElement),e=Object.fromEntries(_e.map(a=>[a,t.getPropertyValue(\`--\${a}\`).trim()])),{paper:n,work:o,wait:r,
failed:s,cancelled:i,queued:l}=e;return{...e,ran:{work:o,failed:s,cancelled:L(n,i,ze)},waited:{work:L(r,o,V),failed:L(n,
s,V),cancelled:L(n,i,V)},dotted:L(n,l,Ge)}}function L(t,e,n){let o=document.createElement("canvas");o.width=M,o.height=M;
let r=K(o);return r.fillStyle=t,r.fillRect(0,0,M,M),r.fillStyle=e,r.strokeStyle=e,n(r),r.createPattern(o,"repeat")??e}function V(t){
t.lineWidth=1.4,t.beginPath();for(let e of[-M,0,M])t.moveTo(e,M),t.lineTo(e+M,0);t.stroke()}function ze(t){t.fillRect(0,
0,3,M),t.fillRect(5,0,1,M)}function Ge(t){t.fillRect(1,1,2,2),t.fillRect(5,5,2,2)}function ue(t,e){switch(e){case"waited":
return t.waited.work;case"queued":return t.dotted;case"failed":return t.failed;case"cancelled":return t.ran.cancelled;case"\\
path":return t.path;default:return t.work}}function pe({path:t}){if(t.length===0)return"no critical path was recorded";let e={ran:0,waited:0,queued:0};for(let{kind:i,
from:l,to:a}of t)e[i]+=a-l;let{ran:n,waited:o,queued:r}=e,s=new Set(t.map(({row:i})=>i)).size;return\`the critical path h\\
as \${t.length} \${t.length===1?"step":"steps"} in \${s} \${s===1?"row":"rows"}: \${f(o)} waited, \${f(n)} ran, \${f(r)} queued\`}
function I({kind:t,from:e,to:n,what:o}){return\`\${f(n-e)} \${t}\${o===""?"":\`: \${o}\`}\`}var Y=40,q=class{constructor(e,n,o){this.box=e,this.model=n,this.go=o}hide(){this.box.hidden=!0}show(e){let n=document.createElement(
"dl");for(let[s,i]of Ke(e))F(n,s,i);let o=this.model.rows[e.spawner];o!==void 0&&(F(n,"Spawned by",\`\${o.kind} #\${o.id} '\${o.
name}' \`),n.lastElementChild?.append(this.linkTo(o.index)));for(let[s,i]of e.facts)F(n,s,i);e.onPath>0&&F(n,"On the crit\\
ical path",this.stepsOf(e));let r=y("h2",\`\${e.kind} #\${e.id} \${e.name}\`);r.id="panel-title",this.box.replaceChildren(r,y(
"p",e.state),Ue(e),n,...this.waitsOf(e)),this.box.querySelector("p").className=e.state,this.box.hidden=!1,this.box.scrollTop=
0}stepsOf({index:e}){let n=this.model.path.filter(r=>r.row===e),o=n.length>10?[\`and \${n.length-10} more\`]:[];return[...n.
slice(0,10).map(I),...o].join(\`
\`)}waitsOf({waits:e}){let n=new Map;for(let s=0;s<e.length;s+=3){let i=n.get(e[s+2])??{count:0,time:0};i.count++,i.time+=
e[s+1]-e[s],n.set(e[s+2],i)}if(n.size===0)return[];let o=document.createElement("ul"),r=[...n].sort(([,s],[,i])=>i.time-
s.time);for(let[s,{count:i,time:l}]of r.slice(0,Y)){let a=i===1?"":\` in \${i} waits\`,d=y("li",\`\${f(l)}\${a}: \${this.model.
data.texts[s]}\`);for(let h of this.model.data.links[s].slice(0,8))d.append(" ",this.linkTo(h));o.append(d)}return r.length>
Y&&o.append(y("li",\`and \${r.length-Y} more\`)),[y("h3","What it waited for"),o]}linkTo(e){let{id:n,name:o}=this.model.rows[e],
r=y("button",\`→ #\${n}\`);return r.ariaLabel=\`go to \${o}\`,r.onclick=()=>this.go(e),r}};function F(t,e,n){t.append(y("dt",
e),y("dd",n))}function Ke(t){let e=[["Created",f(t.created)]];return t.started!==void 0&&e.push(["Began",f(t.started)]),
t.cancelled!==void 0&&e.push(["Cancelled",f(t.cancelled)]),e.push(["Ended",t.ended===void 0?"not yet":f(t.ended)]),e.push(
["Took",f(t.span)]),v(t)&&e.push(["Slow",G(t)]),e}function Ue(t){let e=document.createElement("figure");if(t.kind==="sco\\
pe")return e;let n=Math.max(0,t.span-t.waited),o=[["queued",t.queued,"queued"],["waited",t.waited,"waited"],["ran",n,"ra\\
n, or awaited a promise that is not skein's"]],r=t.queued+t.waited+n||1,s=document.createElement("div");s.className="sha\\
res";let i=document.createElement("ul");for(let[l,a,d]of o){let h=document.createElement("span");h.className=l,h.style.flexGrow=
String(a/r),a>0&&s.append(h);let c=\`\${Math.round(a/r*100)} %\`;i.append(y("li",\`\${f(a)} (\${c}) \${d}\`))}return s.ariaHidden=
"true",e.append(s,i),e}var Ve={start:(t,e)=>t.index-e.index,longest:(t,e)=>e.span-t.span,queued:(t,e)=>e.queued-t.queued},D=class{constructor(e){
this.list=[];this.order="start";this.filter="all";this.folded=new Set;this.model=e,this.positions=new Int32Array(e.rows.
length);let{depth:n,folded:o}=e.data;for(let r of e.rows)(r.depth>=n||r.kind==="scope"&&o.includes(r.name))&&this.folded.
add(r.index);this.arrange()}get length(){return this.list.length}at(e){let n=this.list[e];return n===void 0?void 0:this.
model.rows[n]}isFolded(e){return e.children.length>0&&this.folded.has(e.index)}fold(e,n){n?this.folded.add(e.index):this.
folded.delete(e.index),this.arrange()}reveal(e){let n=this.unfoldAround(e);this.list[this.positions[e.index]]!==e.index&&
!n&&(this.filter="all",n=!0),n&&this.arrange()}setOrder(e){this.order=e,this.arrange()}setFilter(e){if(this.filter=e,e!==
"all")for(let n of this.model.rows)this.matches(n)&&this.unfoldAround(n);this.arrange()}get matching(){return this.model.
rows.filter(e=>this.matches(e)).length}matches(e){return this.filter==="all"?!0:this.filter==="path"?e.onPath>0:e.kind!==
"task"?!1:this.filter==="trouble"?$(e):this.filter==="slow"?v(e):e.queued>e.span/10&&e.queued>=1}unfoldAround(e){let n=!1;
for(let o=this.model.rows[e.around];o!==void 0;o=this.model.rows[o.around])this.folded.delete(o.index)&&(n=!0);return n}arrange(){
let{rows:e,roots:n}=this.model,o=this.keptRows(),r=Ve[this.order],s=a=>a.filter(d=>o===void 0||o[d]===1).sort((d,h)=>r(e[d],
e[h])).reverse(),i=[];this.positions.fill(-1);let l=s(n);for(let a=l.pop();a!==void 0;a=l.pop())if(this.positions[a]=i.push(
a)-1,!this.folded.has(a))for(let d of s(e[a].children))l.push(d);for(let{index:a,around:d}of e)this.positions[a]<0&&d>=0&&
(this.positions[a]=this.positions[d]);this.list=i}keptRows(){if(this.filter==="all")return;let{rows:e}=this.model,n=new Uint8Array(
e.length);for(let o of e)if(this.matches(o))for(let r=o;r!==void 0&&n[r.index]===0;r=e[r.around])n[r.index]=1;return n}};var j=class{constructor(e){this.found=new Set;this.model=e}find(e){let n=e.trim().toLowerCase(),o=new Set;if(n!==""){this.
haystack??=this.model.rows.map(({id:r,name:s,state:i,facts:l})=>[\`#\${r}\`,s,i,...l.map(([,a])=>a)].join(\`
\`).toLowerCase());for(let[r,s]of this.haystack.entries())s.includes(n)&&o.add(r)}this.found=o}next(e,n,o){let r=[...this.
found].sort((i,l)=>n.positions[i]-n.positions[l]||i-l);if(r.length===0)return;let s=r.indexOf(e);return s<0?o?r.at(-1):r[0]:
r[(s+(o?r.length-1:1))%r.length]}};var N=class{constructor(e){this.from=0;this.whole=Math.max(e,.001),this.to=this.whole}get size(){return this.to-this.from}show(e,n){
let o=Math.min(this.whole,Math.max(this.whole/1e6,n-e));this.from=Math.min(Math.max(0,e),this.whole-o),this.to=this.from+
o}showAll(){this.show(0,this.whole)}zoom(e,n=(this.from+this.to)/2){this.show(n-(n-this.from)*e,n+(this.to-n)*e)}pan(e){
this.show(this.from+e*this.size,this.to+e*this.size)}place(e,n){return(e-this.from)/this.size*n}time(e,n){return this.from+
e/n*this.size}};var _=class{constructor(e){this.scroller=g("scroller",HTMLElement);this.treeBox=g("tree",HTMLElement);this.chart=g("char\\
t",HTMLCanvasElement);this.overviewCanvas=g("overview",HTMLCanvasElement);this.panelBox=g("panel",HTMLElement);this.spacer=
g("spacer",HTMLElement);this.sticky=g("sticky",HTMLElement);this.status=g("status",HTMLElement);this.filterBox=g("filter",
HTMLSelectElement);this.pathButton=g("path",HTMLButtonElement);this.palette=X();this.pathAt=-1;this.isFrameWanted=!1;this.
version=0;this.redraw=()=>{this.isFrameWanted||(this.isFrameWanted=!0,requestAnimationFrame(()=>{this.isFrameWanted=!1,this.
draw()}))};this.model=e,this.rows=new D(e),this.window=new N(e.data.duration),this.search=new j(e),this.tree=new O(this.
treeBox,e),this.overview=new W(this.overviewCanvas,e),this.panel=new q(this.panelBox,e,n=>this.goTo(n)),this.showsPath=e.
path.length>0,this.pathButton.disabled=!this.showsPath,this.pathButton.ariaPressed=String(this.showsPath),this.drawLegend(),
this.arranged()}get pickedRow(){return this.picked}say(e){this.status.textContent=e}arranged(){this.version++;let e=this.
rows.length*22+22-this.scroller.clientHeight;this.spacer.style.height=\`\${Math.max(0,e)}px\`,this.redraw()}recoloured(){this.
palette=X(),this.drawLegend(),this.redraw()}draw(){let{rows:e,model:n,window:o,palette:r,showsPath:s,scroller:i}=this,l=i.
clientHeight,a=i.scrollTop,d=this.picked?.index??-1;for(let{style:h}of[this.sticky,this.treeBox,this.chart])h.height=\`\${l}\\
px\`;me(this.chart,{model:n,rows:e,window:o,palette:r,picked:d,showsPath:s,top:a}),this.tree.draw({rows:e,found:this.search.
found,picked:d,top:a,height:l},this.version),this.overview.draw(r,o)}drawLegend(){for(let e of document.querySelectorAll(
"canvas[data-fill]")){let{context:n,width:o,height:r}=k(e);n.fillStyle=ue(this.palette,e.dataset.fill),e.dataset.fill===
"path"?n.fillRect(0,r/2-1.5,o,3):n.fillRect(0,0,o,r)}}pick(e){this.picked=e,this.version++,e===void 0?this.panel.hide():
(this.panel.show(e),this.bringIntoSight(e)),this.redraw()}goTo(e){let n=this.model.rows[e];n!==void 0&&(this.rows.reveal(
n),this.filterBox.value=this.rows.filter,this.arranged(),this.pick(n))}bringIntoSight({index:e}){let{scroller:n}=this,o=this.
rows.positions[e]*22,r=n.clientHeight-22-22;o<n.scrollTop?n.scrollTop=o:o>n.scrollTop+r&&(n.scrollTop=o-r)}fold(e,n){this.
rows.fold(e,n),this.arranged()}fit(e){let n=(e.end-e.created)/10+.01;this.window.show(e.created-n,e.end+n),this.sayWindow(),
this.redraw()}zoom(e){this.window.zoom(e),this.sayWindow(),this.redraw()}pan(e){this.window.pan(e),this.redraw()}showAll(){
this.window.showAll(),this.sayWindow(),this.redraw()}sayWindow(){this.say(\`showing \${f(this.window.from)} to \${f(this.window.
to)}\`)}togglePath(){this.model.path.length!==0&&(this.showsPath=!this.showsPath,this.pathButton.ariaPressed=String(this.
showsPath),this.say(this.showsPath?pe(this.model):"the critical path is hidden"),this.redraw())}stepPath(e){let{path:n}=this.
model;if(n.length===0)return;this.pathAt=this.pathAt<0&&e<0?n.length-1:(this.pathAt+e+n.length)%n.length;let o=n[this.pathAt];
if(!(o.row<0)){if(this.goTo(o.row),o.from<this.window.from||o.to>this.window.to){let r=(o.to-o.from)/2+.01;this.window.show(
o.from-r,o.to+r)}this.say(\`step \${this.pathAt+1} of \${n.length}, \${this.model.rows[o.row].name}: \${I(o)}\`)}}find(e){this.
search.find(e),this.version++;let n=this.search.found.size;this.say(e.trim()===""?"":n===0?"nothing found":\`\${n} found; \\
Enter goes to the next\`),this.redraw()}findNext(e){let n=this.search.next(this.picked?.index??-1,this.rows,e);if(n===void 0)
return;this.goTo(n);let o=this.model.rows[n];(o.end<this.window.from||o.created>this.window.to)&&this.fit(o),this.say(\`\${o.
name}, one of \${this.search.found.size}\`)}};var Xe=JSON.parse(g("data",HTMLScriptElement).text),b=new _(new C(Xe));Q(b);ee(b);ne({chart:b.chart,overview:b.overviewCanvas,
scroller:b.scroller,window:b.window,click:t=>Z(b,t),redraw:b.redraw});b.scroller.onscroll=b.redraw;new ResizeObserver(()=>b.
arranged()).observe(b.scroller);matchMedia("(prefers-color-scheme: dark)").addEventListener("change",()=>b.recoloured());})();
`;
