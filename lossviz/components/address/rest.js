// The moment in which the page has come to rest: something was done, the server has answered, nothing is being dragged.

const LOOK_MS = 100;
const STILL_MS = 400;
const MOST_MS = 20000; // after that one looks no more: a page that never rests

const deeds = [];
const state = { since: 0, still: 0, timer: 0, held: false };

const app = () => document.querySelector("[data-testid=stApp]");

/** Whether a hand holds something or the script runs. */
const busy = () =>
  state.held ||
  document.documentElement.hasAttribute("data-lossviz-drag") ||
  app()?.dataset.testScriptState !== "notRunning";

function look() {
  const now = performance.now();
  if (busy()) state.still = now;
  if (now - state.still < STILL_MS && now - state.since < MOST_MS) {
    state.timer = setTimeout(look, LOOK_MS);
    return;
  }
  state.timer = 0;
  for (const deed of deeds) deed();
}

/** Something was done, or has arrived: look until the page rests. */
export function stir() {
  state.since = state.still = performance.now();
  state.timer ||= setTimeout(look, LOOK_MS);
}

/** What is done each time the page has come to rest. */
export function atRest(deed) {
  deeds.push(deed);
}

/** Listens for what a visitor does. */
export function watchRest() {
  const hold = (held) => () => {
    state.held = held;
    stir();
  };
  const passive = { capture: true, passive: true };
  addEventListener("pointerdown", hold(true), passive);
  for (const name of ["pointerup", "pointercancel", "blur"]) addEventListener(name, hold(false), passive);
  for (const name of ["keyup", "click", "change", "popstate"]) addEventListener(name, stir, passive);
}
