// What screen readers are told without asking: one polite region for the whole page, whichever component speaks.
//
// Each component is loaded from its own address, so this file is more than one module: the region is found by its name.

const ID = "lz-said";
const GAP_MS = 60; // an emptied region speaks again even if the words are the same

function region() {
  const there = document.getElementById(ID);
  if (there) return there;
  const made = document.createElement("div");
  made.id = ID;
  made.setAttribute("role", "status");
  made.setAttribute("aria-live", "polite");
  made.dataset.liveAnnouncer = true; // a dialog leaves it as it is
  // Its style stands here: a component that is tried alone has no style sheet of the page.
  made.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap";
  document.body.append(made);
  return made;
}

const paragraph = (words) => Object.assign(document.createElement("p"), { textContent: words });

/** Says these sentences in place of the ones before, together with what somebody else says at the same moment. */
export function say(...sentences) {
  if (!sentences.length) return;
  const place = region();
  place.replaceChildren();
  place.waiting ??= [];
  if (place.waiting.push(...sentences) > sentences.length) return;
  setTimeout(() => place.replaceChildren(...place.waiting.splice(0).map(paragraph)), GAP_MS);
}

/** What was said of another page, or in another language, is not found there any more. */
export function hush() {
  region().replaceChildren();
}

/** The region is there before the first word: one that appears with its words is often not read. */
export const ready = region;
