// What lies under and over the boxes and follows the server: photograph, grid, marked cells, arrows, small labels.

import { clamp, kept, overlap } from "./geometry.js";
import { CHIP, cased, chip, dress, put, svg, write } from "../nodes.js";

const CELL_KINDS = ["faded", "ignored", "answer", "truth", "taken"];
const FRAMED = new Set(["answer", "truth", "taken"]);

export class Scene {
  constructor(picture) {
    const tile = { id: "hatch", width: 7, height: 7, patternUnits: "userSpaceOnUse" };
    const hatch = svg("pattern", svg("defs", picture), tile);
    svg("path", hatch, { d: "M-1 8 8 -1M-1 1 1 -1M6 8 8 6", class: "hatching" });
    svg("rect", picture, { class: "floor", width: "100%", height: "100%" });
    this.band = svg("rect", picture, { class: "band", width: "100%", height: "100%" });
    this.photo = svg("image", picture, { class: "photo", preserveAspectRatio: "none" });
    const cells = svg("g", picture, { class: "cells" });
    this.cells = Object.fromEntries(CELL_KINDS.map((kind) => [kind, this.buildCells(cells, kind)]));
    this.grid = ["dark", "light"].map((layer) => svg("path", picture, { class: `grid ${layer}` }));
    this.hover = svg("rect", picture, { class: "hover", visibility: "hidden" });
    Object.assign(this, { arrows: [], arrowNotes: [], cellNotes: [], fixed: [], opacity: 1 });
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
  draw(data, view, taken) {
    Object.assign(this, { data, view, fixed: [] });
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
    arrows.forEach((arrow, i) => this.drawArrow(this.arrows[i], this.arrowNotes[i], arrow, taken));
  }

  buildArrow() {
    const group = svg("g", this.arrowLayer);
    return { group, shaft: cased("path", group), head: svg("path", group, { class: "head" }) };
  }

  drawArrow({ group, shaft, head }, note, { start, end, label, kind }, taken) {
    const { w, h } = this.view;
    const [x0, y0, x1, y1] = [start[0] * w, start[1] * h, end[0] * w, end[1] * h];
    const length = Math.hypot(x1 - x0, y1 - y0);
    const [ux, uy] = length ? [(x1 - x0) / length, (y1 - y0) / length] : [1, 0];
    const at = (along, aside) => [x1 + along * ux - aside * uy, y1 + along * uy + aside * ux];
    dress(group, { "data-kind": kind, visibility: length < 2 ? "hidden" : null });
    shaft({ d: `M${x0} ${y0}L${length > 9 ? at(-9, 0) : [x0, y0]}` });
    dress(head, { d: `M${at(0, 0)}L${at(-11, 6)}L${at(-11, -6)}z` });
    dress(note.group, { visibility: label ? null : "hidden" });
    if (label) this.note(note, label, [at(16 + 12 * Math.abs(ux), 0), at(0, 20), at(0, -20), at(60, 0)], taken);
    taken.push({ x: Math.min(x0, x1) - 6, y: Math.min(y0, y1) - 6, w: Math.abs(x1 - x0) + 12, h: Math.abs(y1 - y0) + 12 });
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
