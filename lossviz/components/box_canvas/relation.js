// How two boxes lie to each other, drawn anew in every frame from where they are; the numbers are the server's.

import { beads, cheapest } from "./geometry.js";
import { CHIP, cased, chip, dress, put, svg, write } from "../nodes.js";

// From bottom to top; `line` is how a part is drawn.
const PARTS = {
  union: "fill", intersection: "fill", hull: "rect", diagonal: "path",
  aspect_first: "path", aspect_second: "path", centres: "path",
};
const NAMED_FIRST = ["intersection", "centres", "hull", "union", "diagonal", "aspect_first", "aspect_second"];
const LOYALTY = 150; // px² of overlap that a label bears before it leaves the place where it is: no jumping about

const HEAVY = 6; // a label rather covers lines than another label
const FAR = 260; // and rather a few lines than to stand where one does not see what it names

const outline = ({ x, y, w, h }) => `M${x} ${y}h${w}v${h}h${-w}z`;
const centre = ({ x, y, w, h }) => [x + w / 2, y + h / 2];
const dot = ([x, y]) => `M${x - 3.5} ${y}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0`;

export function intersectionOf(a, b) {
  const [x, y] = [Math.max(a.x, b.x), Math.max(a.y, b.y)];
  const [w, h] = [Math.min(a.x + a.w, b.x + b.w) - x, Math.min(a.y + a.h, b.y + b.h) - y];
  return w > 0 && h > 0 ? { x, y, w, h } : null;
}

export function hullOf(a, b) {
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  return { x, y, w: Math.max(a.x + a.w, b.x + b.w) - x, h: Math.max(a.y + a.h, b.y + b.h) - y };
}

export class Relation {
  constructor(picture, notes) {
    const tile = { id: "shared", width: 8, height: 8, patternUnits: "userSpaceOnUse" };
    const pattern = svg("pattern", svg("defs", picture), tile);
    svg("path", pattern, { d: "M-1 9 9 -1M-1 1 1 -1M7 9 9 7", class: "shared" });
    this.group = svg("g", picture, { class: "relation" });
    this.parts = Object.fromEntries(Object.entries(PARTS).map(([part, line]) => [part, this.build(notes, part, line)]));
  }

  build(notes, part, line) {
    const group = svg("g", this.group, { "data-part": part, visibility: "hidden" });
    const fill = line === "fill" ? svg("path", group, { class: "fill" }) : null;
    const hatch = part === "intersection" ? svg("path", group, { class: "hatched" }) : null;
    const filled = (attributes) => [fill, hatch].forEach((node) => node && dress(node, attributes));
    const draw = fill ? filled : cased(line, group);
    const ends = part === "centres" ? svg("path", group, { class: "ends" }) : null;
    const tag = chip(notes, { class: "note", "data-note": part, visibility: "hidden" });
    return { group, draw, ends, tag };
  }

  /** `a` and `b` are rectangles in pixels, `taken` those that labels should leave free. */
  draw(relation, a, b, view, taken) {
    const shapes = relation && a && b ? shapesOf(a, b) : {};
    const shown = (part) => Boolean(relation?.labels[part] && shapes[part]);
    for (const [part, { group, draw, ends, tag }] of Object.entries(this.parts)) {
      dress(group, { visibility: shown(part) ? null : "hidden" });
      dress(tag.group, { visibility: shown(part) ? null : "hidden" });
      if (!shown(part)) continue;
      draw(shapes[part].line);
      if (ends) dress(ends, { d: shapes[part].ends });
    }
    const named = NAMED_FIRST.filter(shown);
    if (!named.length) return;
    const inTheWay = [...taken.map((place) => ({ ...place, weight: HEAVY })), ...edges(a), ...edges(b)];
    for (const part of named) inTheWay.push(...(shapes[part].along ?? []).map((bead) => ({ ...bead, weight: 0.5 })));
    const elsewhere = rings(hullOf(a, b));
    for (const part of named) {
      this.name(this.parts[part].tag, relation.labels[part], [...shapes[part].near, ...elsewhere], view, inTheWay);
    }
  }

  name(tag, label, points, view, taken) {
    write(tag, label, view.w - 20);
    const size = { w: tag.width, h: CHIP.height };
    tag.choice = cheapest(points, size, taken, view, tag.choice, LOYALTY);
    taken.push({ ...tag.choice.place, weight: HEAVY });
    put(tag, tag.choice.place);
  }
}

/** Each part's line and where its label may stand, best first. */
function shapesOf(a, b) {
  const [shared, hull, from, to] = [intersectionOf(a, b), hullOf(a, b), centre(a), centre(b)];
  const ends = [[hull.x, hull.y], [hull.x + hull.w, hull.y + hull.h]];
  return {
    union: { line: { d: outline(a) + outline(b) }, near: [...insets(b), ...insets(a)] },
    intersection: shared && { line: { d: outline(shared) }, near: [centre(shared), ...around(shared)] },
    hull: { line: { x: hull.x, y: hull.y, width: hull.w, height: hull.h, rx: 1 }, near: along(hull) },
    diagonal: { ...straight(...ends), near: beside(...ends, [0.75, 0.25, 0.88, 0.12, 0.5]) },
    centres: { ...straight(from, to), ends: dot(from) + dot(to), near: beside(from, to, [0.5, 0.3, 0.7, 0, 1]) },
    aspect_first: aspect(a),
    aspect_second: aspect(b),
  };
}

const straight = (from, to) => ({ line: { d: `M${from}L${to}` }, along: beads(from, to, 8) });

/** The diagonal from the lower left corner, and the angle between it and the left side: arctan(w / h). */
function aspect({ x, y, w, h }) {
  const [low, length] = [y + h, Math.hypot(w, h) || 1];
  const r = Math.min(26, 0.5 * Math.min(w, h));
  const arc = `M${x} ${low - r}A${r} ${r} 0 0 1 ${x + (r * w) / length} ${low - (r * h) / length}`;
  const line = { d: `M${x} ${low}L${x + w} ${y}${arc}` };
  const outside = [[x - 28, y + 0.7 * h], [x + w + 28, y + 0.3 * h]];
  const near = [...beside([x, low], [x + w, y], [0.3, 0.2, 0.75, 0.9]), ...outside];
  return { line, near, along: beads([x, low], [x + w, y], 8) };
}

/** Points beside a line, at some parts of its length, on either side. */
function beside([x0, y0], [x1, y1], parts) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  const [ux, uy] = length ? [(x1 - x0) / length, (y1 - y0) / length] : [1, 0];
  const [asideX, asideY] = [30 * Math.abs(uy) + 4, 15 * Math.abs(ux) + 6]; // a label is wider than high
  return parts.flatMap((part) =>
    [1, -1].map((side) => [
      x0 + part * (x1 - x0) + side * asideX * Math.sign(-uy || 1) * Math.abs(uy),
      y0 + part * (y1 - y0) + side * asideY * Math.sign(ux || 1),
    ]));
}

/** Inside the corners. */
function insets({ x, y, w, h }) {
  const [left, right, top, bottom] = [x + 34, x + w - 34, y + 17, y + h - 17];
  return [[right, bottom], [right, top], [left, bottom], [left, top], [x + w / 2, top], [x + w / 2, bottom]];
}

/** A box's four lines as thin rectangles. */
function edges({ x, y, w, h }) {
  return [[x - 3, y - 3, w + 6, 6], [x - 3, y + h - 3, w + 6, 6], [x - 3, y, 6, h], [x + w - 3, y, 6, h]]
    .map(([left, top, wide, high]) => ({ x: left, y: top, w: wide, h: high }));
}

function around({ x, y, w, h }) {
  return [[x + w / 2, y + h + 16], [x + w / 2, y - 16], [x + w + 40, y + h / 2], [x - 40, y + h / 2]];
}

/** In the hull's corners, of which two are always empty, then on its edges. */
function along({ x, y, w, h }) {
  const [left, right, top, bottom] = [x + 36, x + w - 36, y - 13, y + h + 13];
  const outside = [[right, top], [left, bottom], [left, top], [right, bottom]];
  return [...outside, [right, y + 15], [left, y + h - 15], [left, y + 15], [right, y + h - 15]];
}

/** Two rows above and below both boxes, for labels that found no room of their own. */
function rings({ x, y, w, h }) {
  const columns = [-30, w / 4, w / 2, (3 * w) / 4, w + 30];
  return [-15, h + 15, -40, h + 40].flatMap((row) => columns.map((column) => [x + column, y + row, FAR]));
}
