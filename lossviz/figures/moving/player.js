// Plays a recorded figure: every frame was drawn when the file was made; here one is shown after another, nothing is worked out.
const figure = document.querySelector(".moving");
const picture = figure.querySelector(".picture");
const [button] = figure.getElementsByTagName("button");
const sliders = [...figure.querySelectorAll("input")];
const spoken = figure.querySelector(".spoken");
const REST = 600, PAUSE = 1000, CALM = 500, CALM_STEPS = 20;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

async function read(letters) {
  const bytes = Uint8Array.from(atob(letters.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}

// Each frame differs from the one before in a few pieces.
function unrolled({ pieces, changes }) {
  const now = [];
  const frames = changes.map((change) => {
    for (const [at, gone, ...come] of change) now.splice(at, gone, ...come);
    return Uint32Array.from(now);
  });
  return (n) => Array.from(frames[n], (piece) => pieces[piece]).join("");
}

// Makes a tree like another one and leaves alone what is the same: a photograph is not decoded anew.
function alike(old, now) {
  if (old.isEqualNode(now)) return;
  if (old.nodeName !== now.nodeName) return old.replaceWith(now);
  if (old.nodeType !== Node.ELEMENT_NODE) { old.nodeValue = now.nodeValue; return; }
  for (const { name } of [...old.attributes]) if (!now.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of now.attributes) if (old.getAttribute(name) !== value) old.setAttributeNode(now.getAttributeNode(name).cloneNode());
  const [mine, theirs] = [[...old.childNodes], [...now.childNodes]];
  theirs.forEach((child, n) => (mine[n] ? alike(mine[n], child) : old.append(child)));
  mine.slice(theirs.length).forEach((child) => child.remove());
}

const data = await read(document.getElementById("frames").textContent);
const layouts = [...picture.children].map((place) => ({ place, frame: unrolled(data.layouts[place.className]) }));
const sizes = data.axes.map(({ values }) => values.length);
const at = [Math.floor(data.start / (sizes[1] ?? 1)), ...(sizes[1] ? [data.start % sizes[1]] : [])];
let timer = 0, rest = 0, shown = -1;

const number = () => at.reduce((n, place, axis) => n * sizes[axis] + place, 0);

function draw() {
  for (const { place, frame } of layouts) {
    if (getComputedStyle(place).display === "none") continue;
    const holder = document.createElement("div");
    holder.innerHTML = frame(shown);
    alike(place.firstElementChild, holder.firstElementChild);
  }
}

function show() {
  const n = number();
  sliders.forEach((slider, axis) => {
    const { label, values } = data.axes[axis];
    slider.value = at[axis];
    if (!timer) slider.setAttribute("aria-valuetext", `${label} ${values[at[axis]]}`);
    slider.nextElementSibling.value = values[at[axis]];
  });
  if (n === shown) return;
  const first = shown < 0;
  shown = n;
  draw();
  for (const part of figure.querySelectorAll("[data-said]")) {  // what stands below does not jump: room once taken stays
    const { texts, frames } = data.words[part.dataset.said];
    const words = texts[frames[n]];
    if (part.textContent !== words) part.textContent = words;
    if (part.offsetHeight > (parseFloat(part.style.minHeight) || 0)) part.style.minHeight = `${part.offsetHeight}px`;
    if (part.dataset.said === "link" && part.href) part.href = words;
  }
  picture.setAttribute("aria-label", figure.querySelector("[data-said=says]").textContent);
  if (!timer && !first) speak();
}

// Says what there is to see once it rests.
function speak() {
  clearTimeout(rest);
  rest = setTimeout(() => { spoken.textContent = picture.getAttribute("aria-label"); }, REST);
}

function put(axis, place) {
  at[axis] = Math.min(Math.max(Math.round(place), 0), sizes[axis] - 1);
  show();
}

function stop() {
  const played = timer;
  clearTimeout(timer);
  timer = 0;
  if (!played) return;
  show();
  speak();
  figure.classList.remove("playing");
  button.setAttribute("aria-label", figure.dataset.play);
}

// Forwards from where it stands, again from the beginning after a rest; whoever wants little motion sees a few steps, once.
function tick() {
  const last = sizes[0] - 1;
  if (at[0] === last && calm.matches) return stop();
  put(0, at[0] === last ? 0 : at[0] + (calm.matches ? Math.ceil(sizes[0] / CALM_STEPS) : 1));
  timer = setTimeout(tick, at[0] === last ? PAUSE : calm.matches ? CALM : 1000 / data.fps);
}

function play() {
  if (timer) return stop();
  if (at[0] === sizes[0] - 1) put(0, 0);
  clearTimeout(rest);
  figure.classList.add("playing");
  button.setAttribute("aria-label", figure.dataset.pause);
  timer = setTimeout(tick, calm.matches ? CALM : 1000 / data.fps);
}

button.addEventListener("click", play);
sliders.forEach((slider, axis) => slider.addEventListener("input", () => { stop(); put(axis, Number(slider.value)); }));

// A drag of the picture's width is the whole way.
let hand = null;
picture.addEventListener("pointerdown", (event) => {
  if (event.button !== 0 || !event.isPrimary) return;
  stop();
  hand = { x: event.clientX, y: event.clientY, at: [...at] };
  picture.setPointerCapture(event.pointerId);
});
picture.addEventListener("pointermove", (event) => {
  if (!hand || !event.isPrimary) return;
  const { width, height } = picture.getBoundingClientRect();
  const ways = [(event.clientX - hand.x) / width, (event.clientY - hand.y) / Math.min(width, height)];
  sizes.forEach((size, axis) => put(axis, hand.at[axis] + ways[axis] * size));
});
for (const end of ["pointerup", "pointercancel"]) picture.addEventListener(end, (event) => { if (event.isPrimary) hand = null; });

const KEYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [1, -1], ArrowDown: [1, 1], Home: [0, -Infinity], End: [0, Infinity] };
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.key === " " && event.target !== button && !button.hidden) {
    event.preventDefault();
    if (!event.repeat) play();
  }
  const [axis, step] = KEYS[event.key] ?? [];
  if (axis === undefined || !sizes[axis] || event.target.matches?.("input")) return;
  event.preventDefault();
  stop();
  put(axis, step === Infinity ? sizes[axis] : step === -Infinity ? 0 : at[axis] + step);
});

const theme = () => { document.documentElement.dataset.theme = /^#(light|dark)$/.exec(location.hash)?.[1] ?? "auto"; };
addEventListener("hashchange", theme);
theme();
new ResizeObserver(() => {
  if (shown < 0) return;
  for (const part of figure.querySelectorAll("[data-said]")) part.style.minHeight = "";  // lines are other lines now
  draw();
}).observe(picture);
// A post that frames this file may make the frame as high as it is, as it does with the frames of a page.
new ResizeObserver(() => {
  const height = Math.ceil(figure.getBoundingClientRect().height);
  if (parent !== window) parent.postMessage({ lossviz: { height, address: location.href } }, "*");
}).observe(figure);
button.hidden = sizes.length > 1;
picture.classList.toggle("plane", sizes.length > 1);
figure.querySelector(".tools").hidden = false;
show();
