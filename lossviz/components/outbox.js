// Messages to the server: at most one on its way.

const WATCHDOG_MS = 1500; // the server did not answer: stop waiting and send the latest state

export class Outbox {
  constructor(send) {
    Object.assign(this, { send, seq: 0, waiting: null, queue: [], timer: 0 });
  }

  /** Each message carries all geometry, so a later one may replace a waiting "move", but not a deed of another kind. */
  post(message) {
    const last = this.queue.at(-1);
    if (last && (last.kind === "move" || last.kind === message.kind)) this.queue.pop();
    this.queue.push(message);
    this.pump();
  }

  pump() {
    const next = this.queue[0];
    const overtakes = this.waiting?.kind === "move" && next?.kind !== "move";
    if (!next || (this.waiting && !overtakes)) return;
    this.waiting = { ...this.queue.shift(), seq: ++this.seq };
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.free(), WATCHDOG_MS);
    this.send(this.waiting);
  }

  heard(seq) {
    if (this.waiting?.seq === seq) this.free();
    else if (!this.waiting) this.seq = Math.max(this.seq, seq);
  }

  free() {
    clearTimeout(this.timer);
    this.waiting = null;
    this.pump();
  }
}
