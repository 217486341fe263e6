// Changes told to a screen reader once the page rests: another level, another state of a list, undo and reset, and the
// sentences with `data-heard` that are not what they were. A page that has just been opened is read by its reader.

import { hush, ready, say } from "../spoken.js";
import { atRest } from "./rest.js";

const state = { place: "", deed: "", told: "", known: null };

const plain = (node) => node.textContent.replace(/\s+/g, " ").trim();

/** The sentences that are said when they change, by their names. */
const heard = () => new Map([...document.querySelectorAll("[data-heard]")].map((node) => [node.dataset.heard, plain(node)]));

function changed(now) {
  const { known } = state;
  return known ? [...now].filter(([name, words]) => words && known.get(name) !== words).map(([, words]) => words) : [];
}

function tell() {
  const now = heard();
  const words = [state.deed, ...changed(now)].filter(Boolean);
  state.known = new Map([...(state.known ?? []), ...now]);
  state.deed = "";
  if (words.length) say(...words);
}

/** What a run says: which page is open in which language, and the last deed with its number. */
export function hearRun({ place, deed: [number, words] }) {
  if (place !== state.place) {
    state.known = null;
    hush();
  }
  state.place = place;
  if (number !== state.told) state.deed = words;
  state.told = number;
}

/** What is there before a deed: whoever is quick acts before a page that was opened has come to rest. */
function before() {
  state.known ??= heard();
}

/** Makes the region and begins to listen. */
export function announceChanges() {
  ready();
  atRest(tell);
  for (const name of ["keydown", "pointerdown"]) addEventListener(name, before, { capture: true, passive: true });
}
