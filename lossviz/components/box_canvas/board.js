// Ruled paper in place of a photograph: a line for each tick of the plane, with its number at the left and lower edge.

import { dress, svg } from "../nodes.js";

const ROOM = { x: 26, y: 22 }; // px that a number needs: in a small picture only every second or fifth line has one

export class Board {
  constructor(picture) {
    this.lines = svg("path", picture, { class: "ruled" });
    this.group = svg("g", picture, { class: "ticks", "aria-hidden": true });
    this.texts = [];
  }

  draw(data, plane, view) {
    const ticks = data.board ? ticksOf(plane) : [];
    const line = ({ share }) => `M${(share * view.w).toFixed(1)} 0V${view.h}M0 ${(share * view.h).toFixed(1)}H${view.w}`;
    dress(this.lines, { d: ticks.map(line).join("") });
    const named = ["x", "y"].flatMap((axis) => {
      const nth = every(ticks, axis, view);
      return ticks.filter(({ n }) => n % nth === 0).map((tick) => ({ ...tick, axis }));
    });
    while (this.texts.length < named.length) this.texts.push(svg("text", this.group));
    while (this.texts.length > named.length) this.texts.pop().remove();
    named.forEach(({ share, text, axis }, i) => {
      const place = axis === "x" ? { x: share * view.w, y: view.h - 5 } : { x: 5, y: share * view.h + 4 };
      dress(this.texts[i], { ...place, "text-anchor": axis === "x" ? "middle" : "start" });
      if (this.texts[i].textContent !== text) this.texts[i].textContent = text;
    });
  }
}

/** Lines inside the plane; n counts ticks from zero, so that the numbers that stay in a small picture are round. */
function ticksOf({ low, side, tick }) {
  const ticks = [];
  for (let n = Math.floor(low / tick) + 1; n * tick < low + side - 1e-9; n++) {
    const share = (n * tick - low) / side;
    if (share > 1e-9) ticks.push({ n, share, text: String(Number((n * tick).toPrecision(6))) });
  }
  return ticks;
}

function every(ticks, axis, view) {
  const gap = ticks.length > 1 ? (ticks[1].share - ticks[0].share) * (axis === "x" ? view.w : view.h) : Infinity;
  return [1, 2, 5, 10, 20, 50].find((n) => n * gap >= ROOM[axis]) ?? 100;
}
