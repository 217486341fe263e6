// Popovers by keyboard: one that is opened by a key takes the focus to the first thing inside it, once that has been
// drawn; Tab beyond either end leaves it for the button's neighbour and closes it; Escape gives the focus back.

const BUTTON = "[data-testid=stPopoverButton]";
const BODY = "[data-testid=stPopoverBody]";
const REACHED = 'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, [tabindex="0"]';
const STILL_MS = 150;
const WAIT_MS = 15000;

const state = { button: null };

const body = () => document.querySelector(BODY);

/** Tab passes by a radio button beside the one that is chosen. */
const passed = (one, node) =>
  one.type === "radio" && !one.checked && node.querySelector(`input[name="${CSS.escape(one.name)}"]:checked`);

/** What Tab reaches in there, in its order. */
const within = (node) =>
  [...node.querySelectorAll(REACHED)].filter((one) => one.tabIndex >= 0 && one.checkVisibility() && !passed(one, node));

/** In a row of radio buttons the one that is chosen. */
const chosen = (node) => node.closest("[role=radiogroup]")?.querySelector("[aria-checked=true], input:checked") ?? node;

function enter(button) {
  if (document.activeElement !== button) return true; // the visitor is elsewhere by now
  const running = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning";
  const first = !running && body() && within(body())[0];
  if (first) chosen(first).focus();
  return Boolean(first);
}

/** A run draws what is inside, one thing after another: wait until nothing more comes. */
function whenDrawn(button) {
  let still = 0;
  const later = () => {
    clearTimeout(still);
    still = setTimeout(() => enter(button) && seen.disconnect(), STILL_MS);
  };
  const seen = new MutationObserver(later);
  seen.observe(document.body, { subtree: true, childList: true, attributeFilter: ["data-test-script-state"] });
  setTimeout(() => seen.disconnect(), WAIT_MS);
  later();
}

function pressed(event) {
  const button = event.target.closest?.(BUTTON);
  if (!button) return;
  state.button = button;
  if (event.detail === 0 && button.getAttribute("aria-expanded") !== "true") whenDrawn(button); // 0: by a key
}

function close(button) {
  if (button.getAttribute("aria-expanded") === "true") button.click();
}

/** From the button into what it has opened; from either end back to the button, and with Tab on to what follows it. */
function tab(event) {
  const { button } = state;
  const open = body();
  if (!open || !button?.isConnected) return;
  const inside = within(open);
  const here = document.activeElement;
  if (here === button && !event.shiftKey && inside.length) {
    event.preventDefault();
    event.stopImmediatePropagation();
    chosen(inside[0]).focus();
  } else if (open.contains(here) && here === (event.shiftKey ? inside[0] : inside.at(-1))) {
    event.stopImmediatePropagation();
    if (event.shiftKey) event.preventDefault();
    button.focus();
    close(button);
  }
}

/** Where Streamlit leaves the focus nowhere when the popover closes, it goes back to the button. */
function escaped() {
  const { button } = state;
  if (!body()?.contains(document.activeElement)) return;
  const back = () => !body() && document.activeElement === document.body && button?.isConnected && button.focus();
  setTimeout(back, 0);
  setTimeout(back, 300);
}

/** Opens and leaves popovers as a keyboard expects it. */
export function keepFocus() {
  addEventListener("click", pressed, true);
  addEventListener("keydown", (event) => {
    if (event.key === "Tab" && !event.altKey && !event.ctrlKey && !event.metaKey) tab(event);
    if (event.key === "Escape") escaped();
  }, true);
}
