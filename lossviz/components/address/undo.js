// Ctrl+Z, or Cmd+Z: the page's Undo, wherever the focus is, except in a field of text, which has an undo of its own.

const UNDO = ".st-key-undo button:enabled";
const LOOK_MS = 50;
const WAIT_MS = 1500; // the last key may still be on its way to the server: then Undo is not yet there

const WRITTEN = ["text", "number", "search", "email", "url", "tel", "password", "date", "time"];

/** Whether keys are letters here. */
const isText = (node) => node.isContentEditable || node.matches("textarea, select") || (node.matches("input") && WRITTEN.includes(node.type));

const underWay = () => document.documentElement.hasAttribute("data-lossviz-drag");

let waiting = 0;

function undo(until) {
  const button = underWay() ? null : document.querySelector(UNDO);
  if (button) button.click();
  else if (performance.now() < until) waiting = setTimeout(() => undo(until), LOOK_MS);
}

/** Gives the page its keys for undo. */
export function undoByKey() {
  addEventListener("pointerdown", () => clearTimeout(waiting), true); // what comes next is not meant
  addEventListener("keydown", (event) => {
    if (!["Control", "Meta"].includes(event.key)) clearTimeout(waiting);
    const asked = event.key?.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    const [node] = event.composedPath();
    if (!asked || event.repeat || !(node instanceof Element) || isText(node)) return;
    if (!document.querySelector(".st-key-undo")) return;
    event.preventDefault();
    undo(performance.now() + WAIT_MS);
  });
}
