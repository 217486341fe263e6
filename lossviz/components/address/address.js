// What the server cannot do to a browser's history, the keys that turn the pages of a list, and a run of the whole page when
// the server has been started again.

import { onUnknown } from "../live.js";

const LIST = ".st-key-slides";
const TURNS = { PageUp: "slide-before", PageDown: "slide-after" };

const CONNECTED_MS = 200;
const LATE_MS = 1500; // somewhat longer than the server takes an address that it has replaced for one that is late

const state = { framed: false, held: null, pushed: -Infinity, onBack: null };

/**
 * In a frame an entry of its own would make the Back of the page around it go through every deed in here. And when a script
 * turns to another page, Streamlit first drops the query of the page that is left: that entry waits for what follows.
 */
function oneEntryADeed() {
  const push = history.pushState;
  state.push = (entry) => {
    state.pushed = performance.now();
    push.apply(history, entry);
  };
  history.pushState = function (...entry) {
    const url = new URL(entry[2] ?? "", location.href);
    const emptied = url.pathname === location.pathname && !url.search && location.search;
    state.held = emptied && !state.framed ? entry : null;
    if (state.framed) history.replaceState(...entry);
    else if (!emptied) state.push(entry);
  };
}

/** While a list is open these keys turn its pages, whatever has the focus: a presenter's clicker sends them. */
function turnPages() {
  const heard = (event) => {
    const key = TURNS[event.key];
    if (!key || event.ctrlKey || event.altKey || event.metaKey || !document.querySelector(LIST)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = document.querySelector(`${LIST} .st-key-${key} button`);
    if (button && !event.repeat) button.click();
  };
  addEventListener("keydown", heard, true);
}

/** Right after a deed the server cannot tell Back from a run that was asked for before the deed: then it is told. */
function tellBack() {
  addEventListener("popstate", () => {
    if (performance.now() - state.pushed < LATE_MS) state.onBack?.();
  });
}

/** An address that was just opened says language and level as well, without an entry of its own. */
function complete(came, wanted) {
  const here = new URLSearchParams(location.search).toString();
  if (here !== new URLSearchParams(came).toString() || here === wanted) return;
  history.replaceState(history.state, "", `${location.pathname}?${wanted}${location.hash}`);
}

/** Streamlit opens its own line again a little later, and drops what is said before. */
function whenConnected(deed) {
  const { testConnectionState } = document.querySelector("[data-testid=stApp]").dataset;
  if (testConnectionState === "CONNECTED") deed();
  else setTimeout(() => whenConnected(deed), CONNECTED_MS);
}

if (!globalThis.lossvizAddress) {
  globalThis.lossvizAddress = state;
  oneEntryADeed();
  turnPages();
  tellBack();
}

export default function address({ data, setTriggerValue }) {
  onUnknown(() => whenConnected(() => setTriggerValue("again", Date.now())));
  const known = globalThis.lossvizAddress;
  known.framed = data.framed;
  known.onBack = () => setTriggerValue("back", Date.now());
  if (known.held) known.push(known.held); // it was meant: the page's own entry of the menu
  known.held = null;
  if (data.wanted) complete(data.came, data.wanted);
}
