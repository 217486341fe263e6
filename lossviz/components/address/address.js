// What the server cannot do to a browser's history, the keys that turn the pages of a list or lead to a card, what a word
// means, a run of the whole page when the server has been started again, and the way to another one when it is gone. What a
// keyboard or a screen reader needs everywhere is begun here, and stands in files of its own.

import { onUnknown } from "../live.js";
import { keepStage } from "./stage.js";
import { announceChanges, hearRun } from "./announce.js";
import { keepFocus } from "./focus.js";
import { tellHeight } from "./height.js";
import { lostWords, watchConnection } from "./lost.js";
import { replacesNext, tellNarrow } from "./narrow.js";
import { reachScrolling } from "./reach.js";
import { stir, watchRest } from "./rest.js";
import { explainWords } from "./tips.js";
import { undoByKey } from "./undo.js";

const CONNECTED_MS = 200;

const LOOK_MS = 1000;
const AWAY = 2; // so many looks in a row without a server
const MOVED = "#moved";

const state = { framed: false, held: null };

/**
 * In a frame an entry of its own would make the Back of the page around it go through every deed in here. And when a script
 * turns to another page, Streamlit first drops the query of the page that is left: that entry waits for what follows.
 */
function oneEntryADeed() {
  const push = history.pushState;
  state.push = (entry) => push.apply(history, entry);
  history.pushState = function (...entry) {
    const url = new URL(entry[2] ?? "", location.href);
    const emptied = url.pathname === location.pathname && !url.search && location.search;
    state.held = emptied && !state.framed ? entry : null;
    if (state.framed || replacesNext(url)) history.replaceState(...entry);
    else if (!emptied) state.push(entry);
  };
}

const CARD = ".st-key-card :is(input, button:enabled)";

/** F6 leads to the card of a lesson, wherever the focus is. */
function reachCard() {
  addEventListener("keydown", (event) => {
    const there = event.key === "F6" ? document.querySelector(CARD) : null;
    if (!there) return;
    event.preventDefault();
    there.focus();
  });
}

/** An address that was just opened says language and level as well, without an entry of its own. */
function complete(came, wanted) {
  const here = new URLSearchParams(location.search).toString();
  if (here !== new URLSearchParams(came).toString() || here === wanted) return;
  history.replaceState(history.state, "", `${location.pathname}?${wanted}${location.hash}`);
}

const connected = () => document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState === "CONNECTED";

/** Streamlit opens its own line again a little later, and drops what is said before. */
function whenConnected(deed) {
  if (connected()) deed();
  else setTimeout(() => whenConnected(deed), CONNECTED_MS);
}

/** The same page of another server: all but the first part of the path, which is the server's name. */
const unnamed = (path) => path.replace(/^[/][^/]+/, "");

/** Where several servers stand behind one address, whoever asks for a page of one that is gone is sent to another. */
async function moveOn() {
  const answer = await fetch(location.href, { cache: "no-store" });
  const there = new URL(answer.url);
  const same = there.origin === location.origin && unnamed(there.pathname) === unnamed(location.pathname);
  if (!answer.ok || !same || there.pathname === location.pathname || connected()) return;
  location.replace(`${there.pathname}${location.search}${MOVED}`);
}

async function watchServer() {
  for (let away = 0; ; away = connected() ? 0 : away + 1) {
    if (away >= AWAY) await moveOn().catch(() => {}); // nobody there: another look follows
    await new Promise((next) => setTimeout(next, LOOK_MS * (1 + Math.random()))); // a class does not move all at once
  }
}

/** Whether this page was open on another server before. */
function moved() {
  if (location.hash !== MOVED) return false;
  history.replaceState(history.state, "", `${location.pathname}${location.search}`);
  return true;
}

if (!globalThis.lossvizAddress) {
  globalThis.lossvizAddress = state;
  oneEntryADeed();
  keepStage();
  explainWords();
  reachCard();
  watchServer();
  watchRest();
  announceChanges();
  keepFocus();
  undoByKey();
  reachScrolling();
  watchConnection(connected);
  state.moved = moved();
}

export default function address({ data, setTriggerValue }) {
  const again = () => whenConnected(() => setTriggerValue("again", Date.now()));
  onUnknown(again);
  const known = globalThis.lossvizAddress;
  if (known.moved) again();
  known.moved = false;
  known.framed = data.framed;
  if (document.documentElement.lang !== data.lang) document.documentElement.lang = data.lang;
  if (known.held) known.push(known.held); // it was meant: the page's own entry of the menu
  known.held = null;
  if (data.wanted) complete(data.came, data.wanted);
  lostWords(data.words, data.framed);
  hearRun(data);
  tellHeight(data.framed);
  tellNarrow(data, (told) => whenConnected(() => setTriggerValue("narrow", told)));
  stir();
}
