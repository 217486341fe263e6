// What lies under and over the boxes and follows the server: photograph, grid, marked cells, arrows, small labels.

import { Board } from "./board.js";
import { beads, cheapest, clamp, kept, lanes, overlap } from "./geometry.js";
import { CHIP, cased, chip, dress, put, svg, write } from "../nodes.js";

const CELL_KINDS = ["faded", "ignored", "answer", "truth", "taken"];
const FRAMED = new Set(["answer", "truth", "taken"]);
const ELSEWHERE = [[0, 24], [0, -24], [0, 44], [0, -44], [-30, 34], [-30, -34], [-60, 34], [-60, -34], [30, 30], [30, -30]];
const MEASURES = new Set(["iou", "giou", "diou", "ciou", "published"]);

export class Scene {
  constructor(picture) {
    const tile = { id: "hatch", width: 7, height: 7, patternUnits: "userSpaceOnUse" };
    const hatch = svg("pattern", svg("defs", picture), tile);
    svg("path", hatch, { d: "M-1 8 8 -1M-1 1 1 -1M6 8 8 6", class: "hatching" });
    svg("rect", picture, { class: "floor", width: "100%", height: "100%" });
    this.band = svg("rect", picture, { class: "band", width: "100%", height: "100%" });
    this.board = new Board(picture);
    this.photo = svg("image", picture, { class: "photo", preserveAspectRatio: "none" });
    const cells = svg("g", picture, { class: "cells" });
    this.cells = Object.fromEntries(CELL_KINDS.map((kind) => [kind, this.buildCells(cells, kind)]));
    this.grid = ["dark", "light"].map((layer) => svg("path", picture, { class: `grid ${layer}` }));
    this.hover = svg("rect", picture, { class: "hover", visibility: "hidden" });
    Object.assign(this, { arrows: [], arrowNotes: [], cellNotes: [], fixed: [], pointed: [], opacity: 1 });
  }

  buildCells(parent, kind) {
    const group = svg("g", parent, { "data-cell": kind });
    return ["dark", "light", "ink"].map((layer) => svg("path", group, { class: layer }));
  }

  /** The layers above the boxes come later in the picture. */
  above(arrows, notes) {
    Object.assign(this, { arrowLayer: arrows, noteLayer: notes });
  }

  /** Small labels leave free the rectangles that are `taken`: the grips. */
  draw(data, view, taken, plane) {
    Object.assign(this, { data, view, fixed: [], pointed: [] });
    this.board.draw(data, plane, view);
    this.drawPhoto();
    this.drawGrid();
    this.drawArrows(taken);
    this.drawCells(taken);
  }

  /** A new photograph is decoded first and then shown together with its place: no flash. */
  drawPhoto() {
    const url = this.data.photo?.url;
    const shown = url === this.url;
    this.url = url;
    if (!url || (shown && this.photo.hasAttribute("href"))) return this.placePhoto();
    if (shown) return undefined;
    const image = new Image();
    image.src = url;
    return image.decode().catch(() => {}).then(() => this.url === url && this.placePhoto());
  }

  placePhoto() {
    const { url, x, y, w, h } = this.data.photo ?? { x: 0, y: 0, w: 0, h: 0 };
    const { view } = this;
    dress(this.photo, { href: url, x: x * view.w, y: y * view.h, width: w * view.w, height: h * view.h });
    this.fade(this.opacity);
  }

  fade(opacity) {
    this.opacity = opacity;
    dress(this.photo, { opacity });
    dress(this.band, { opacity: 0.25 + 0.75 * opacity, visibility: this.url ? null : "hidden" });
  }

  drawGrid() {
    const [cols, rows] = this.data.grid;
    const { w, h } = this.view;
    let d = "";
    for (let i = 1; i < cols; i++) d += `M${((i * w) / cols).toFixed(1)} 0V${h}`;
    for (let i = 1; i < rows; i++) d += `M0 ${((i * h) / rows).toFixed(1)}H${w}`;
    this.grid.forEach((line) => dress(line, { d }));
  }

  cell(col, row) {
    const [cols, rows] = this.data.grid;
    return { x: (col * this.view.w) / cols, y: (row * this.view.h) / rows, w: this.view.w / cols, h: this.view.h / rows };
  }

  /** The mouse shows the cell that a click would pick. */
  point(at) {
    const [cols, rows] = this.data?.grid ?? [0, 0];
    if (!at || !cols || !rows) return dress(this.hover, { visibility: "hidden" });
    const [col, row] = [Math.floor(at[0] * cols), Math.floor(at[1] * rows)];
    const { x, y, w, h } = this.cell(clamp(col, 0, cols - 1), clamp(row, 0, rows - 1));
    return dress(this.hover, { visibility: "visible", x, y, width: w, height: h });
  }

  /** All cells of a kind are one path, so that even a whole grid of faded ones is cheap. */
  drawCells(taken) {
    const marks = this.data.grid[0] > 0 ? this.data.cells : [];
    for (const [kind, paths] of Object.entries(this.cells)) {
      const d = marks.filter((mark) => mark.kind === kind).map((mark) => this.outline(mark)).join("");
      const framed = FRAMED.has(kind);
      paths.forEach((path, i) => dress(path, { d: framed || i === 0 ? d : "" }));
    }
    const labelled = marks.filter((mark) => mark.label);
    this.pool(this.cellNotes, labelled.length, () => chip(this.noteLayer, { class: "note" }));
    labelled.forEach((mark, i) => {
      const { x, y, w, h } = this.cell(mark.col, mark.row);
      const far = CHIP.height / 2 + 2;
      const points = [[x + w / 2, y - far], [x + w / 2, y + h + far], [x + w + 30, y + h / 2]];
      this.note(this.cellNotes[i], mark.label, points, taken);
      this.fixed.push(taken.at(-1));
    });
  }

  outline({ col, row }) {
    const { x, y, w, h } = this.cell(col, row);
    return `M${x} ${y}h${w}v${h}h${-w}z`;
  }

  drawArrows(taken) {
    const { arrows } = this.data;
    this.pool(this.arrows, arrows.length, () => this.buildArrow());
    this.pool(this.arrowNotes, arrows.length, () => chip(this.noteLayer, { class: "note" }));
    const aside = lanes(arrows.map(({ start }) => start));
    const waiting = arrows.map((arrow, i) => this.drawArrow(this.arrows[i], this.arrowNotes[i], arrow, aside[i], taken));
    for (const name of waiting) name?.(); // a measure's label must not cover any arrow's head
  }

  buildArrow() {
    const group = svg("g", this.arrowLayer);
    return { group, shaft: cased("path", group), head: svg("path", group, { class: "head" }) };
  }

  drawArrow({ group, shaft, head }, note, { start, end, label, kind }, aside, taken) {
    const { w, h } = this.view;
    const [dx, dy] = [(end[0] - start[0]) * w, (end[1] - start[1]) * h];
    const length = Math.hypot(dx, dy);
    const [ux, uy] = length ? [dx / length, dy / length] : [1, 0];
    const lane = ux < 0 || (ux === 0 && uy < 0) ? -aside : aside; // opposite arrows keep to their sides, too
    const [x0, y0] = [start[0] * w - lane * uy, start[1] * h + lane * ux];
    const [x1, y1] = [x0 + dx, y0 + dy];
    const at = (along, off) => [x1 + along * ux - off * uy, y1 + along * uy + off * ux];
    dress(group, { "data-kind": kind, visibility: length < 2 ? "hidden" : null });
    shaft({ d: `M${x0} ${y0}L${length > 9 ? at(-9, 0) : [x0, y0]}` });
    dress(head, { d: `M${at(0, 0)}L${at(-11, 6)}L${at(-11, -6)}z` });
    const measure = MEASURES.has(kind);
    const named = label && !(measure && length < 2);
    dress(note.group, { "data-kind": measure ? kind : null, visibility: named ? null : "hidden" });
    if (measure) {
      const line = beads([x0, y0], [x1, y1]);
      this.keep([...line.slice(0, -1), { ...line.at(-1), weight: 6 }], taken);
      return () => named && this.nameMeasure(note, label, at, [ux, uy], taken);
    }
    if (label) this.note(note, label, [at(16 + 12 * Math.abs(ux), 0), at(0, 20), at(0, -20), at(60, 0)], taken);
    taken.push({ x: Math.min(x0, x1) - 6, y: Math.min(y0, y1) - 6, w: Math.abs(x1 - x0) + 12, h: Math.abs(y1 - y0) + 12 });
    return undefined;
  }

  /** Many such arrows start in one point: a label keeps to the place where it covers least. */
  nameMeasure(note, label, at, [ux, uy], taken) {
    write(note, label, this.view.w - 20);
    const size = { w: note.width, h: CHIP.height };
    const ahead = 8 + Math.min(size.w / 2 / (Math.abs(ux) || 1e-9), size.h / 2 / (Math.abs(uy) || 1e-9));
    const points = [[ahead, 0], ...ELSEWHERE, [ahead + 24, 0]].map(([along, off]) => at(along, off));
    const { place } = cheapest(points, size, taken, this.view);
    this.keep([{ ...place, weight: 6 }], taken);
    put(note, place);
  }

  /** Also the labels of the boxes and of what they have in common leave these places free. */
  keep(places, taken) {
    taken.push(...places);
    this.pointed.push(...places);
  }

  /** A small plate of text around the first free one of some points, kept in the picture. */
  note(tag, label, points, taken) {
    write(tag, label, this.view.w - 20);
    const [w, h] = [tag.width, CHIP.height];
    const places = points.map(([x, y]) => kept({ x: x - w / 2, y: y - h / 2, w, h }, this.view));
    const free = places.find((place) => !taken.some((other) => overlap(place, other))) ?? places[0];
    taken.push(free);
    put(tag, free);
  }

  pool(nodes, count, build) {
    while (nodes.length < count) nodes.push(build());
    while (nodes.length > count) (({ group }) => group.remove())(nodes.pop());
  }
}
