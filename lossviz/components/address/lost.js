// A lost connection in the page's own language: a strip at the top while the server cannot be reached, or in a frame a veil
// over the figure, which answers nobody; and a button that loads the page again. Streamlit's own dialog about it, in English, is closed as soon as it opens: it would lie above the
// page and take the focus (style.css hides it until then).

const ID = "lz-lost";
const LOOK_MS = 500;
const PATIENCE_MS = 2000;

const CLOSE = "[data-testid=stDialog] button[aria-label=Close]";

const state = { words: null, framed: false, since: 0, ours: false };

/** In a frame a browser's own page about a server that is gone would take the figure away: first look whether it is there. */
async function again() {
  if (!state.framed || (await fetch(location.href, { cache: "no-store" }).catch(() => null))?.ok) location.reload();
}

function strip() {
  const { words, framed } = state;
  const made = document.createElement("div");
  made.id = ID;
  made.setAttribute("role", "alert");
  made.toggleAttribute("data-framed", framed);
  made.dataset.reactAriaTopLayer = true; // no dialog makes it inert
  document.body.prepend(made); // first the empty alert, then its words: otherwise they may not be read
  const said = Object.assign(document.createElement("span"), { textContent: words.lost });
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: words.again });
  button.addEventListener("click", again);
  made.append(said, button);
}

function show(away) {
  const there = document.getElementById(ID);
  if (away && !there) strip();
  if (!away) there?.remove();
}

function look(connected) {
  const now = performance.now();
  if (connected()) state.since = 0;
  else if (!state.since) Object.assign(state, { since: now, ours: Boolean(document.querySelector(CLOSE)) });
  const away = state.since > 0;
  if (away && !state.ours) document.querySelector(CLOSE)?.click(); // not a dialog that was open before
  document.documentElement.toggleAttribute("data-lossviz-lost", away);
  if (state.words) show(away && now - state.since > PATIENCE_MS);
}

/** What is said, sent while there was a server, and whether the page is a frame. */
export function lostWords(words, framed) {
  Object.assign(state, { words, framed });
}

/** Looks after the connection, over which this very program has come; `connected` says whether it stands. */
export function watchConnection(connected) {
  setInterval(() => look(connected), LOOK_MS);
}
