// A frame tells the page around it how high its content is, so that nothing in it scrolls: on loading and after each change.
// Whoever listens is told a number and the frame's own address, and nothing else.

const CONTENT = "[data-testid=stMainBlockContainer]";
const LEAST_PX = 2; // less is no change
const STILL_MS = 120; // content arrives piece by piece
const FOLLOWS_MS = 600; // for so long a change may come from the frame's new height itself
const MOST_GROWN = 3; // so often in a row content may grow with its frame before it has to scroll

const root = document.documentElement;
const state = { node: null, told: 0, grown: 0, width: 0, resized: -Infinity, timer: 0 };

const running = () => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState === "running";

/** Content that follows the window's height must not drive it: it may grow a few times, and never shrinks with it. */
function driven(height) {
  if (performance.now() - state.resized > FOLLOWS_MS) return false;
  if (height < state.told) return true;
  state.grown += 1;
  return state.grown > MOST_GROWN;
}

function tell() {
  state.timer = 0;
  const height = Math.ceil(state.node.getBoundingClientRect().height);
  if (!height || Math.abs(height - state.told) < LEAST_PX) return;
  const held = root.hasAttribute("data-lossviz-drag"); // a post must not move under the hand
  if (held || (running() && height < state.told)) return void wait();
  if (driven(height)) return;
  state.told = height;
  parent.postMessage({ lossviz: { height, address: location.href } }, "*");
}

function wait() {
  clearTimeout(state.timer);
  state.timer = setTimeout(tell, STILL_MS);
}

/** A frame that becomes wider or narrower, and a deed in it, begin anew. */
function listen() {
  addEventListener("resize", () => {
    if (innerWidth === state.width) state.resized = performance.now();
    else Object.assign(state, { width: innerWidth, grown: 0, resized: -Infinity });
  });
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => (state.grown = 0), { capture: true, passive: true });
}

const observer = new ResizeObserver(wait);

/** Looks after the height of what is shown now; called after each run, which may have put something else there. */
export function tellHeight(framed) {
  const node = document.querySelector(CONTENT);
  if (!framed || parent === self || !node || node === state.node) return;
  if (!state.node) listen();
  observer.disconnect();
  observer.observe(node);
  Object.assign(state, { node, width: innerWidth });
  wait(); // a frame that is not yet seen observes nothing
}
