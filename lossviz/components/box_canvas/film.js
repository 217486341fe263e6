// A race as a film: each contender's box at the present step, the way its centre took, and the numbers beside them.
// The browser owns the step and says it to the page's charts in a "lossviz:step" event.

import { cased, dress, html, svg } from "../nodes.js";

const REST_MS = 1400; // a loop rests at its end, so that one sees where they arrived
const LONGEST_MS = 250; // a page that was hidden goes on where it was
const RATES = [[1, "1×"], [0.25, "¼×"], [4, "4×"]];
const SEEN = 0.5; // of the picture: in a frame of a post the film runs while so much of it is in the reader's window
const STILL = "(prefers-reduced-motion: reduce)";
const ICONS = {
  play: "M4 2.5 13 8 4 13.5z",
  pause: "M4.5 3v10M11.5 3v10",
  back: "M12.5 3v10L5 8zM3.5 3v10",
  step: "M3.5 3v10L11 8zM12.5 3v10",
  ten: "M1.5 3v10L7 8zM7.5 3v10L13 8zM14.5 3v10",
  restart: "M3 2.5v4h4M3.4 6.5A5.5 5.5 0 1 1 2.6 9.5",
};

const numbersOf = (packed) => new Float32Array(Uint8Array.from(atob(packed), (byte) => byte.charCodeAt(0)).buffer);

const unpacked = ({ boxes, rows, ...track }) => ({ ...track, boxes: numbersOf(boxes), rows: rows.map(numbersOf) });

/** Four significant digits. */
export function shortNumber(value) {
  if (!Number.isFinite(value)) return "–";
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(3) : value.toPrecision(4);
}

export class Film {
  /** `onReport({ at, playing })`: the visitor started, stopped, stepped or scrubbed. */
  constructor(root, layer, onReport) {
    Object.assign(this, { root, layer, onReport, film: null, words: {}, view: { w: 0, h: 0 } });
    Object.assign(this, { tracks: [], racers: [], cells: [], step: 0, playing: false, rate: 0 });
    Object.assign(this, { part: 0, rested: 0 }); // how far between two steps, how long at the end
    Object.assign(this, { said: null, reported: new Map() }); // by the server; by the browser, not yet answered
    this.frame = html("div", root, { class: "film", hidden: "" });
    this.buildBar();
    this.table = html("table", this.frame);
    this.observer = new ResizeObserver(() => this.leaveRoom());
    this.observer.observe(this.frame);
    this.seen = parent === self;
    if (!this.seen) this.awaitReader();
  }

  /** A post is read from its top: what runs below would be over before one has come to it. */
  awaitReader() {
    this.reader = new IntersectionObserver((looks) => {
      this.seen = looks.at(-1).intersectionRatio >= SEEN;
      this.run();
    }, { threshold: SEEN });
    this.reader.observe(this.layer.ownerSVGElement);
  }

  buildBar() {
    const bar = html("div", this.frame, { class: "bar" });
    const deeds = [
      ["play", () => this.toggle()], ["back", () => this.stepBy(-1)], ["step", () => this.stepBy(1)],
      ["ten", () => this.stepBy(10)], ["speed", () => this.nextRate()], ["restart", () => this.restart()],
    ];
    this.buttons = Object.fromEntries(deeds.map(([name, deed]) => [name, this.buildButton(bar, name, deed)]));
    this.rateText = html("span", this.buttons.speed, { "aria-hidden": true });
    const scrub = html("div", bar, { class: "scrub" });
    this.slider = html("input", scrub, { type: "range", min: 0, step: 1, "data-film": "slider" });
    this.slider.addEventListener("input", () => this.jump(this.slider.valueAsNumber));
    this.slider.addEventListener("change", () => this.report());
    this.readout = html("output", scrub, { "data-testid": "film-step", "aria-live": "off" }); // or each step is spoken
  }

  buildButton(bar, name, deed) {
    const button = html("button", bar, { type: "button", "data-film": name });
    if (ICONS[name]) svg("path", svg("svg", button, { viewBox: "0 0 16 16", "aria-hidden": true }), { d: ICONS[name] });
    button.addEventListener("click", deed);
    return button;
  }

  destroy() {
    this.observer.disconnect();
    this.reader?.disconnect();
    cancelAnimationFrame(this.raf);
  }

  /** The page reserves height for itself; the bar and the table ask for theirs. */
  leaveRoom() {
    this.root.style.setProperty("--film", `${this.frame.getBoundingClientRect().height}px`);
  }

  // ---- what the server says ----

  /** A message that leaves: its answer brings the same numbers back, which is then no news. */
  sent({ kind, seq, at, playing }) {
    if (kind === "film") this.reported.set(seq, { at, playing });
  }

  update(film, words, seq, stale) {
    const fresh = stale || !this.film;
    Object.assign(this, { film, words });
    this.frame.hidden = !film;
    dress(this.root, { "data-film": film ? "" : null });
    if (!film) return this.close();
    this.tracks = film.tracks.map(unpacked);
    if (fresh) this.place(film.at, film.playing && !matchMedia(STILL).matches);
    else this.hear(film, this.reported.get(seq));
    this.said = { at: film.at, playing: film.playing };
    for (const told of this.reported.keys()) if (told < seq) this.reported.delete(told);
    this.step = Math.min(this.step, film.steps);
    this.buildTable();
    return this.show();
  }

  hear(film, echo) {
    const news = (name) => film[name] !== this.said[name] && film[name] !== echo?.[name];
    const playing = news("playing") ? film.playing : this.playing;
    if (news("at")) this.place(film.at, playing);
    this.playing = playing;
  }

  close() {
    this.playing = false;
    this.tracks = [];
    this.draw(this.view);
  }

  speak() {
    const { words, buttons } = this;
    const names = { ...words, film_play: this.playing ? words.film_pause : words.film_play };
    for (const [name, button] of Object.entries(buttons)) {
      const said = name === "speed" ? `${words.film_speed} ${RATES[this.rate][1]}` : names[`film_${name}`];
      dress(button, { "aria-label": said, title: said });
    }
    const [d, name] = this.playing ? [ICONS.pause, "bars"] : [ICONS.play, null];
    dress(buttons.play.querySelector("path"), { d, class: name });
    dress(this.slider, { "aria-label": words.film_slider });
    if (this.rateText.textContent !== RATES[this.rate][1]) this.rateText.textContent = RATES[this.rate][1];
  }

  // ---- what the visitor does ----

  toggle() {
    const again = !this.playing && this.step >= this.film.steps;
    this.jump(again ? 0 : this.step, !this.playing);
    this.report();
  }

  stepBy(steps) {
    this.jump(this.step + steps);
    this.report();
  }

  restart() {
    this.jump(0, this.playing);
    this.report();
  }

  nextRate() {
    this.rate = (this.rate + 1) % RATES.length;
    this.speak();
  }

  report() {
    this.onReport({ at: this.step, playing: this.playing });
  }

  // ---- running ----

  place(step, playing) {
    Object.assign(this, { step: Math.min(Math.max(step, 0), this.film.steps), playing, part: 0, rested: 0 });
  }

  /** Whoever steps or scrubs wants to look: the film stops unless it is told to go on. */
  jump(step, playing = false) {
    this.place(step, playing);
    this.show();
  }

  /** At most one chain of frames, however often one asks. */
  run(last = performance.now()) {
    if (!this.playing || !this.seen || this.raf) return;
    this.last = last;
    this.raf = requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    const alive = this.film && this.root.isConnected;
    if (alive && this.playing && this.seen) this.advance(Math.min(Math.max(now - this.last, 0), LONGEST_MS));
    this.raf = 0;
    if (alive) this.run(now);
  }

  advance(ms) {
    const { steps, speed, loop } = this.film;
    if (this.step >= steps) {
      this.rested += ms;
      if (!loop) return this.arrive();
      return this.rested >= REST_MS ? this.jump(0, true) : undefined;
    }
    this.part += (ms / 1000) * speed * RATES[this.rate][0];
    const whole = Math.floor(this.part);
    if (!whole) return undefined;
    this.part -= whole;
    this.step = Math.min(this.step + whole, steps);
    return this.show();
  }

  /** A film that does not loop stops at its end. */
  arrive() {
    this.jump(this.step);
    this.report();
  }

  // ---- drawing ----

  /** The present step, everywhere. */
  show() {
    const { step, playing } = this;
    this.showNumbers();
    this.draw(this.view);
    this.slider.max = this.film.steps; // before the value, which would be cut off
    this.slider.value = step;
    const text = this.words.film_at.replace("{step}", step);
    dress(this.slider, { "aria-valuetext": text });
    dress(this.readout, { "data-value": step });
    this.readout.textContent = text;
    this.speak();
    window.dispatchEvent(new CustomEvent("lossviz:step", { detail: { step, playing } }));
    this.run();
  }

  draw(view) {
    this.view = view;
    const tracks = this.film ? this.tracks : [];
    while (this.racers.length < tracks.length) this.racers.push(this.buildRacer());
    while (this.racers.length > tracks.length) this.racers.pop().group.remove();
    if (view.w) tracks.forEach((track, i) => this.drawRacer(this.racers[i], track));
  }

  buildRacer() {
    const group = svg("g", this.layer);
    const [trail, outline] = [cased("path", group, "trail"), cased("rect", group)];
    return { group, trail, outline, dot: svg("circle", group, { class: "dot", r: 4 }) };
  }

  /** What has run to infinity, or is not a number, is not drawn. */
  drawRacer({ group, trail, outline, dot }, { name, kind, boxes }) {
    const { w: wide, h: high } = this.view;
    const at = (step) => [boxes[4 * step] * wide, boxes[4 * step + 1] * high];
    const far = (place) => !place.every((value) => Math.abs(value) < 1e5);
    const [[x, y], w, h] = [at(this.step), boxes[4 * this.step + 2] * wide, boxes[4 * this.step + 3] * high];
    dress(group, { "data-racer": name, "data-kind": kind, visibility: far([x, y, w, h]) ? "hidden" : null });
    if (far([x, y, w, h])) return;
    const points = Array.from({ length: this.step + 1 }, (_, step) => at(step)).filter((place) => !far(place));
    trail({ d: `M${points.map(([px, py]) => `${px.toFixed(2)} ${py.toFixed(2)}`).join("L")}` });
    outline({ x: x - w / 2, y: y - h / 2, width: Math.max(w, 0), height: Math.max(h, 0) });
    dress(dot, { cx: x, cy: y });
  }

  // ---- the table ----

  /** Built anew only when other contenders or other words come. */
  buildTable() {
    const { rows } = this.film;
    const head = [this.words.film_contender, ...rows.map((row) => this.words[`film_${row}`])];
    const sign = JSON.stringify([head, this.tracks.map(({ name, label, kind }) => [name, label, kind])]);
    if (sign === this.sign) return;
    this.sign = sign;
    this.table.replaceChildren();
    const top = html("tr", html("thead", this.table));
    for (const text of head) html("th", top, { scope: "col" }).textContent = text;
    const body = html("tbody", this.table);
    this.cells = this.tracks.map((track) => this.buildRow(html("tr", body, { "data-kind": track.kind }), track, rows));
  }

  buildRow(line, { name, label }, rows) {
    const head = html("th", line, { scope: "row" });
    const swatch = svg("svg", head, { class: "swatch", viewBox: "0 0 36 10", "aria-hidden": true });
    cased("path", swatch)({ d: "M2 5h32" });
    html("span", head).textContent = label;
    return rows.map((row) => html("td", line, { "data-testid": `film-${name}-${row}` }));
  }

  showNumbers() {
    this.tracks.forEach(({ rows }, i) =>
      rows.forEach((row, j) => {
        const cell = this.cells[i][j];
        const value = row[this.step];
        dress(cell, { "data-value": Number.isFinite(value) ? value.toPrecision(7) : "NaN" });
        cell.textContent = shortNumber(value);
      }));
  }
}
