// Boxes as plain numbers: shares of the network input, x and y of the centre, w, h. Rectangles {x, y, w, h} are pixels.

// How far a grip pulls each edge: -1 the left or top one, 1 the right or bottom one.
export const GRIPS = { nw: [-1, -1], n: [0, -1], ne: [1, -1], e: [1, 0], se: [1, 1], s: [0, 1], sw: [-1, 1], w: [-1, 0] };

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
export const overlap = (a, b) =>
  Math.max(0, Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y));

export const inside = (xywh, limits) => xywh.map((value, i) => clamp(value, ...limits[i]));

export const moved = ([x, y, w, h], dx, dy, limits) => inside([x + dx, y + dy, w, h], limits);

/** The far edge stays and the near one follows, until the centre meets its limit; then the far edge gives way. */
function pulled(centre, size, pull, by, centreLimits, sizeLimits) {
  if (!pull || !by) return [centre, size]; // also keeps every digit of what is not pulled
  const far = centre - (pull * size) / 2;
  const near = centre + (pull * size) / 2 + by;
  const length = clamp(pull * (near - far), ...sizeLimits);
  const wished = far + (pull * length) / 2;
  const kept = clamp(wished, ...centreLimits);
  return [kept, kept === wished ? length : clamp(2 * pull * (near - kept), ...sizeLimits)];
}

export function resized([x, y, w, h], grip, dx, dy, limits) {
  const [alongX, alongY] = GRIPS[grip];
  const [newX, newW] = pulled(x, w, alongX, dx, limits[0], limits[2]);
  const [newY, newH] = pulled(y, h, alongY, dy, limits[1], limits[3]);
  return [newX, newY, newW, newH];
}

export const atLimit = (xywh, limits, axes) => axes.some((i) => xywh[i] === limits[i][0] || xywh[i] === limits[i][1]);

/** A rectangle moved into a picture of the size of `view`. */
export function kept({ x, y, w, h }, view) {
  return { x: clamp(x, 2, Math.max(2, view.w - w - 2)), y: clamp(y, 2, view.h - h - 2), w, h };
}

// ---- where grips and labels stand ----

const ROOM = 56; // the grips of a smaller box stand around it, so that its middle can still be taken

function span(start, length, room, edge) {
  const size = Math.max(length, ROOM);
  const middle = start + length / 2;
  const low = clamp(middle - size / 2, edge, room - edge - ROOM);
  return [low, clamp(middle + size / 2, low + ROOM, room - edge)];
}

/** The frame of the grips: the box itself, but never smaller than ROOM and never out of the picture. */
export function gripFrame({ x, y, w, h }, view, hit) {
  const [left, right] = span(x, w, view.w, hit / 2);
  const [top, bottom] = span(y, h, view.h, hit / 2);
  return { x: left, y: top, w: right - left, h: bottom - top };
}

export const gripPoint = ({ x, y, w, h }, grip) => [x + ((GRIPS[grip][0] + 1) * w) / 2, y + ((GRIPS[grip][1] + 1) * h) / 2];

/** What labels must leave free: the grips of the selected box, and all of it where it is small. */
export function gripRects(frame, hit) {
  if (Math.min(frame.w, frame.h) <= 2 * ROOM)
    return [{ x: frame.x - hit / 2, y: frame.y - hit / 2, w: frame.w + hit, h: frame.h + hit }];
  return Object.keys(GRIPS).map((grip) => {
    const [x, y] = gripPoint(frame, grip);
    return { x: x - hit / 2, y: y - hit / 2, w: hit, h: hit };
  });
}

/** Above, below or inside one of the frames, at its left, its right or beside it: the first place that is free. */
export function labelPlace(frames, { w, h }, below, gap, taken, view) {
  let best = null;
  for (const frame of frames) {
    const [over, under] = [frame.y - gap - h, frame.y + frame.h + gap];
    const within = [frame.y + gap, frame.y + frame.h - gap - h];
    const tops = below ? [under, over, ...within.reverse()] : [over, under, ...within];
    const lefts = [frame.x, frame.x + frame.w - w, frame.x + frame.w + gap, frame.x - gap - w];
    for (const y of tops)
      for (const x of lefts) {
        const place = kept({ x, y, w, h }, view);
        const cost = Math.abs(place.y - y) + taken.reduce((sum, other) => sum + overlap(place, other), 0);
        if (cost === 0) return place;
        if (!best || cost < best.cost) best = { ...place, cost };
      }
  }
  return best;
}

/**
 * The one of `points` around which a label covers least: area by the `weight` of what is there, plus what the point
 * itself costs. The choice it has, `before`, is left only for a gain.
 */
export function cheapest(points, { w, h }, taken, view, before = null, loyalty = 0) {
  let best = null;
  points.forEach(([x, y, extra = 0], index) => {
    const wished = { x: x - w / 2, y: y - h / 2, w, h };
    const place = kept(wished, view);
    const pushed = Math.abs(place.x - wished.x) + Math.abs(place.y - wished.y);
    const covered = taken.reduce((sum, other) => sum + (other.weight ?? 1) * overlap(place, other), 0);
    const cost = covered + 4 * pushed + 12 * index + extra - (index === before?.index ? loyalty : 0);
    if (!best || cost < best.cost) best = { index, place, cost };
  });
  return best;
}

/** Small squares along a line: what a label beside it must leave free. */
export function beads([x0, y0], [x1, y1], size = 12) {
  const count = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0) / size));
  const half = size / 2;
  return Array.from({ length: count + 1 }, (_, i) => ({
    x: x0 + ((x1 - x0) * i) / count - half, y: y0 + ((y1 - y0) * i) / count - half, w: size, h: size,
  }));
}

const LANE = 9; // px between arrows from one point

/** How far aside each arrow runs, so that several from one point can be told apart. */
export function lanes(starts) {
  const near = (a, b) => Math.abs(a[0] - b[0]) < 1e-4 && Math.abs(a[1] - b[1]) < 1e-4;
  return starts.map((start, i) => {
    const mates = starts.map((_, j) => j).filter((j) => near(starts[j], start));
    return (mates.indexOf(i) - (mates.length - 1) / 2) * LANE;
  });
}
