// The keys of a list and of the stage, what shows at its edge, and the timer.

const LIST = "[data-testid=slide-number]";

const TURNS = { PageUp: "slide-before", PageDown: "slide-after" };
const GOES = {
  ArrowLeft: "slide-before",
  ArrowRight: "slide-after",
  Home: "slide-first",
  End: "slide-last",
  " ": "slide-after",
};
const DOES = { r: "reveal", q: "qr-full" };

const TYPED = "input:not([type=radio], [type=checkbox], [type=range]), textarea, select, [contenteditable=true], [role=combobox]";
const MOVED = `${TYPED}, input, [role=slider], [role=radio], [role=tab], [role=listbox], [data-box], [data-grip], [role=region], [data-lz-reach]`;
const PRESSED = `${MOVED}, button, a, summary, [role=button]`;
const OVERLAYS = "[role=dialog], [data-testid=stPopoverBody]";
const BOXES = "[data-box], [data-grip], [role=slider], [data-channel]";

const EDGE_PX = 6;
const REST_MS = 250;
const LEAVE_PX = 260;
const TICK_MS = 250;
const KEPT = "lossviz.timer";

const root = document.documentElement;
const find = (selector) => document.querySelector(selector);
const onStage = () => Boolean(find(".lz-on-stage"));
const press = (key) => {
  const button = find(`.st-key-${key} button`);
  if (button && !button.disabled) button.click();
  return Boolean(button);
};

/** What has the focus, inside components as well. */
function focused() {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node;
}

/** Whether what has the focus, or what lies over the page, has a use for the key itself. */
const wanted = (key) => find(OVERLAYS) || focused()?.closest(key === " " ? PRESSED : GOES[key] ? MOVED : TYPED);

/** The button that a key presses, or nothing. */
function buttonOf({ key, shiftKey }) {
  if (TURNS[key] && !shiftKey && find(LIST)) return TURNS[key];
  if (wanted(key)) return null;
  if (GOES[key] && find(LIST)) return shiftKey && key === " " ? "slide-before" : GOES[key];
  return DOES[key.toLowerCase()] ?? null;
}

/** What a key shows or hides on the stage. */
const SHOWS = { t: () => tools(!root.classList.contains("lz-tools")), n: () => root.classList.toggle("lz-notes") };

function heard(event) {
  if (!event.key || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape") return void leave(event);
  const code = event.key.toLowerCase() === "q" && find("[role=dialog]:has(.lz-qr-full) button[aria-label=Close]");
  if (code) return void code.click();
  const key = buttonOf(event);
  if (key && find(`.st-key-${key} button`)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) press(key);
    if (key.startsWith("slide")) root.classList.remove("lz-notes"); // the next note is not for everybody
    return;
  }
  if (event.repeat || wanted(event.key)) return;
  const name = event.key.toLowerCase();
  if (SHOWS[name] && onStage()) SHOWS[name]();
  if (name === "c" && onStage()) clock.toggle();
}

let pressed = false;

/** While a list is open Escape leaves a box: the keys that turn pages are free again. A drag under way is called off. */
function leave(event) {
  if (pressed || find(OVERLAYS)) return;
  const box = focused()?.closest(BOXES);
  if (box && find(LIST)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    box.blur();
  } else if (!box) tools(false);
}

// ---- the tools of a stage: at the edge ----

function tools(shown) {
  root.classList.toggle("lz-tools", shown && onStage());
}

let resting = 0;

/** A pointer that rests at an edge shows the tools; they go when it has gone far enough, and nothing in them is open. */
function edge({ clientY }) {
  const away = Math.min(clientY, innerHeight - 1 - clientY);
  if (away > EDGE_PX) clearTimeout(resting), (resting = 0);
  else if (!resting && onStage()) resting = setTimeout(() => tools(true), REST_MS);
  const inTools = focused()?.closest(".st-key-stage, .st-key-toolbar");
  if (away > LEAVE_PX && !find(OVERLAYS) && !inTools?.matches(":focus-within:has(:focus-visible)")) tools(false);
}

// ---- the timer ----

const clock = {
  ends: 0,
  minutes: 5,
  told: false,

  start(minutes) {
    this.minutes = minutes || this.minutes;
    this.ends = minutes ? Date.now() + minutes * 60_000 : 0;
    this.told = false;
    this.keep();
    this.draw();
  },

  toggle() {
    this.start(this.ends ? 0 : this.minutes);
  },

  /** A reload goes on with it. */
  keep() {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify([this.ends, this.minutes]));
    } catch {} // storage is shut: the timer lives as long as the page
  },

  back() {
    try {
      const [ends, minutes] = JSON.parse(sessionStorage.getItem(KEPT) ?? "[0,5]");
      if (Number.isFinite(ends) && Number.isFinite(minutes)) Object.assign(this, { ends, minutes });
    } catch {} // as above
  },

  draw() {
    const place = find("[data-lz-clock]");
    if (!place) return;
    place.hidden = !this.ends;
    if (!this.ends) return;
    const left = Math.round((this.ends - Date.now()) / 1000);
    const seconds = String(Math.abs(left) % 60).padStart(2, "0");
    const time = `${left < 0 ? "+" : ""}${Math.floor(Math.abs(left) / 60)}:${seconds}`;
    const words = left > 0 ? time : `${place.dataset.over} ${time}`;
    if (place.textContent !== words) place.textContent = words;
    place.classList.toggle("lz-over", left <= 0);
  },
};

export function keepStage() {
  clock.back();
  addEventListener("keydown", heard, true);
  addEventListener("pointerdown", () => (pressed = true), true);
  addEventListener("pointerup", () => (pressed = false), true);
  addEventListener("pointercancel", () => (pressed = false), true);
  addEventListener("pointermove", edge, { passive: true });
  addEventListener("click", ({ target }) => {
    const chosen = target.closest?.("[data-lz-minutes]");
    if (chosen) clock.start(Number(chosen.dataset.lzMinutes));
  });
  setInterval(() => clock.draw(), TICK_MS);
}
