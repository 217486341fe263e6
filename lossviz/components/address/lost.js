// A lost connection in the page's own language: a strip at the top while the server cannot be reached, and a button that
// loads the page again. Streamlit's own dialog about it, in English, is closed as soon as it opens: it would lie above the
// page and take the focus (style.css hides it until then).

const ID = "lz-lost";
const LOOK_MS = 500;
const PATIENCE_MS = 2000;

const CLOSE = "[data-testid=stDialog] button[aria-label=Close]";

const state = { words: null, since: 0, ours: false };

function strip() {
  const { lost, again } = state.words;
  const made = document.createElement("div");
  made.id = ID;
  made.setAttribute("role", "alert");
  made.dataset.reactAriaTopLayer = true; // no dialog makes it inert
  document.body.prepend(made); // first the empty alert, then its words: otherwise they may not be read
  const said = Object.assign(document.createElement("span"), { textContent: lost });
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: again });
  button.addEventListener("click", () => location.reload());
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

/** What the strip says, sent while there was a server. */
export function lostWords(words) {
  state.words = words;
}

/** Looks after the connection, over which this very program has come; `connected` says whether it stands. */
export function watchConnection(connected) {
  setInterval(() => look(connected), LOOK_MS);
}
