// A link for the projector that is opened on a phone: the server is told once, and shows the page as a phone has it.

const NARROW = "(max-width: 640px)";

const state = { told: false, replaces: false };

/** Whether the address that comes next takes the place of the one of the projector's view: it is not a deed. */
export function replacesNext(url) {
  const now = state.replaces && url.searchParams.get("view") !== "present";
  if (now) state.replaces = false;
  return now;
}

/** What is opened in the projector's view: `tell` says that the window is a phone's. */
export function tellNarrow({ staged }, tell) {
  if (state.told || !staged || !matchMedia(NARROW).matches) return;
  state.told = state.replaces = true;
  tell(Date.now());
}
