// Messages to the server: at most one on its way. A drag's go over the live line where there is one; what is done once,
// and everything where there is none, goes through a run.

const WATCHDOG_MS = 1500; // no run has answered: stop waiting and send the latest state
const SILENCE_MS = 3000; // the line is open and silent: the latest state goes over it once more
const PACE_MS = 20; // between two messages over the line
const REST_MS = 250; // the hand rests: time for a run that draws what the line cannot

/** The page pales what does not follow a drag. */
const underWay = (drag) => document.documentElement.toggleAttribute("data-lossviz-drag", drag);

export class Outbox {
  /** `send` starts a run; `leaves` hears of each message, whichever way it goes. */
  constructor(send, leaves = () => {}) {
    Object.assign(this, { send, leaves, feed: null, seq: 0, waiting: null, queue: [], last: 0 });
    Object.assign(this, { timer: 0, pause: 0, rest: 0, called: null }); // `called`: the message that asks for a run
  }

  /** Each message carries all geometry, so a later one may replace a waiting "move", but not a deed of another kind. */
  post(message) {
    const last = this.queue.at(-1);
    if (last && (last.kind === "move" || last.kind === message.kind)) this.queue.pop();
    this.queue.push(message);
    if (this.called) this.resting();
    this.pump();
  }

  pump() {
    const next = this.queue[0];
    const overtakes = this.waiting?.kind === "move" && next?.kind !== "move";
    if (!next || (this.waiting && !overtakes)) return;
    clearTimeout(this.pause);
    const early = next.kind === "move" ? this.last + PACE_MS - performance.now() : 0;
    if (early > 0) {
      this.pause = setTimeout(() => this.pump(), early);
      return;
    }
    this.waiting = { ...this.queue.shift(), seq: ++this.seq };
    clearTimeout(this.timer);
    this.leaves(this.waiting);
    const moves = this.waiting.kind === "move";
    underWay(moves);
    if (!moves) this.called = null; // it brings a run of its own
    if (moves && this.feed.carry(this.waiting)) {
      this.last = performance.now();
      this.timer = setTimeout(() => this.free(), SILENCE_MS);
    } else this.run();
  }

  run() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.free(), WATCHDOG_MS);
    this.send(this.feed.signed(this.waiting));
  }

  heard(seq) {
    if (this.waiting?.seq === seq) this.free();
    else if (!this.waiting) this.seq = Math.max(this.seq, seq);
  }

  /** A run is needed as well, once the hand rests; `later`: only the run answers. */
  elsewhere(seq, later) {
    if (this.waiting?.seq !== seq) return;
    if (later) this.run();
    else this.called = this.waiting;
    this.resting();
  }

  resting() {
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      if (this.called) this.send(this.feed.signed(this.called)); // heard already: it only brings the run
      this.called = null;
    }, REST_MS);
  }

  /** The line is closed: what was on its way may not have arrived. */
  lost() {
    const { waiting } = this;
    if (waiting?.kind !== "move") return;
    if (!this.queue.length) this.queue.push(waiting);
    this.free();
  }

  free() {
    clearTimeout(this.timer);
    this.waiting = null;
    this.pump();
  }

  /** Whether there is something of which the server has not been heard to know. */
  get busy() {
    return Boolean(this.waiting) || this.queue.length > 0;
  }

  drop() {
    this.queue = [];
    this.called = null;
    underWay(false);
  }

  destroy() {
    [this.timer, this.pause, this.rest].forEach(clearTimeout);
    this.drop();
    this.feed.leave();
  }
}
