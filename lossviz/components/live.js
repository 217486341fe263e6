// The live line: during a drag a component's messages go over a socket of our own instead of through a run of the
// script, and the parts of the page that follow come back the same way. Everything else goes through runs.
//
// Each component is loaded from its own address, so this file is more than one module: there is one line in globalThis.

const UNKNOWN = 4001; // the server does not know the word: the session is gone, a run of the whole page begins another one
const RETRY_MS = [500, 2000, 10000, 60000];

/** The one connection of this page. */
class Line {
  constructor() {
    Object.assign(this, { feeds: new Map(), at: null, socket: null, open: false, tries: 0, timer: 0 });
    Object.assign(this, { whole: false, forgotten: false });
    this.unknown = () => {};
  }

  /** What a run says of the line: where it is and the word that opens it, or null to do without. */
  use(at) {
    if (this.at?.token === at?.token) return;
    if (this.at && at && !this.forgotten) this.unknown(); // another session, and nobody has said so yet
    this.at = at;
    this.tries = 0;
    this.forgotten = false;
    this.hangUp();
    if (at) this.dial();
  }

  dial() {
    clearTimeout(this.timer);
    const { path, token } = this.at;
    const socket = new WebSocket(new URL(path, location.href.replace(/^http/, "ws")));
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ token })); // never in an address, which is written into logs
    socket.onmessage = ({ data }) => this.socket === socket && this.heard(JSON.parse(data));
    socket.onclose = ({ code }) => this.socket === socket && this.closed(code);
  }

  hangUp() {
    clearTimeout(this.timer);
    const { socket } = this;
    this.socket = null;
    this.lose();
    socket?.close();
  }

  closed(code) {
    this.socket = null;
    this.lose();
    if (!this.at) return;
    if (code === UNKNOWN) {
      this.forgotten = true;
      this.unknown();
      return;
    }
    const wait = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)];
    this.timer = setTimeout(() => this.at && this.dial(), wait);
  }

  /** Whatever was on its way is lost: it goes the other way. */
  lose() {
    if (!this.open) return;
    this.open = false;
    for (const feed of this.feeds.values()) feed.outbox?.lost();
  }

  /** Sends a message, or says that it cannot. */
  carry(message) {
    if (!this.open) return false;
    this.socket.send(JSON.stringify(this.whole ? { ...message, whole: true } : message));
    this.whole = false;
    return true;
  }

  heard({ welcome, page, part, seq, parts = {}, run, later }) {
    if (welcome) {
      Object.assign(this, { open: true, tries: 0 });
      return;
    }
    const sender = this.feeds.get(`${page}/${part}`);
    sender?.answered(seq, { run, later }); // first of all: the server works on the next one while this one is drawn
    for (const [key, news] of Object.entries(parts)) {
      const feed = this.feeds.get(`${page}/${key}`);
      if (feed && !feed.live(news)) this.whole = true;
    }
    if (!(part in parts)) sender?.again();
  }
}

// The name holds a version: a page that was open before an update of the server keeps the line it knows.
const line = (globalThis.lossvizLine1 ??= new Line());

/** What to do when the server has forgotten the session: runs of its fragments find nothing there. */
export function onUnknown(deed) {
  line.unknown = deed;
}

/** What a component shows: the newest of what runs and the line bring, and the way back. */
export class Feed {
  /** `show(data)` puts it on the screen; `outbox` holds the component's messages, if it has any. */
  constructor(show, outbox = null) {
    Object.assign(this, { show, outbox, stamp: null, data: null });
    if (outbox) outbox.feed = this;
  }

  get name() {
    return `${this.stamp.page}/${this.stamp.part}`;
  }

  /** From a run: it may have been overtaken. */
  run({ stamp, ...data }) {
    const old = this.stamp;
    if (old && old.epoch === stamp.epoch && stamp.version < old.version) {
      this.outbox?.heard(stamp.seq);
      return;
    }
    if (old && this.name !== `${stamp.page}/${stamp.part}`) this.leave();
    const same = old?.epoch === stamp.epoch;
    this.stamp = same ? { ...stamp, seq: Math.max(stamp.seq, old.seq) } : stamp;
    this.data = data;
    if (stamp.part) {
      line.feeds.set(this.name, this);
      line.use(stamp.line);
    }
    this.again();
  }

  /** From the line: what has changed since the version `base`; false where that is not what is here. */
  live({ base, version, data }) {
    if (version <= this.stamp.version) return true;
    if (base !== null && base !== this.stamp.version) return false;
    this.data = { ...this.data, ...data };
    this.stamp = { ...this.stamp, version };
    this.again();
    return true;
  }

  answered(seq, { run, later }) {
    this.stamp = { ...this.stamp, seq: Math.max(seq, this.stamp.seq) };
    if (run || later) this.outbox?.elsewhere(seq, later);
    if (!later) this.outbox?.heard(seq);
  }

  again() {
    this.show({ ...this.data, seq: this.stamp.seq });
  }

  /** A message says whose it is, whichever way it goes. */
  signed(message) {
    const { page, part, epoch } = this.stamp;
    return { ...message, page, part, epoch };
  }

  /** Over the line, if that is open. */
  carry(message) {
    return Boolean(this.stamp.line) && line.carry(this.signed(message));
  }

  leave() {
    if (line.feeds.get(this.name) === this) line.feeds.delete(this.name);
  }
}
