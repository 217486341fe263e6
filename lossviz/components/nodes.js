// Making and dressing nodes. Text comes in through textContent only.

export const HIT = 24; // the smallest target, WCAG 2.5.8
export const CHIP = { height: 20, pad: 7, gap: 4, line: 14.5 };
const CHIP_AT_1 = { ...CHIP };

/** Larger type on a projector: the page says how much larger in --lz-scale. */
export function scaleChips(node) {
  const scale = Number(getComputedStyle(node).getPropertyValue("--lz-scale")) || 1;
  for (const [name, value] of Object.entries(CHIP_AT_1)) CHIP[name] = value * scale;
}

export function html(tag, parent, attributes = {}) {
  return dress(parent.appendChild(document.createElement(tag)), attributes);
}

export function svg(tag, parent, attributes = {}) {
  return dress(parent.appendChild(document.createElementNS("http://www.w3.org/2000/svg", tag)), attributes);
}

export function dress(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) node.removeAttribute(name);
    else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
  }
  return node;
}

/** One line drawn three times: dark below, light above it, the colour on top. */
export function cased(tag, parent, name = "") {
  const nodes = ["dark", "light", "ink"].map((layer) => svg(tag, parent, { class: `casing ${name} ${layer}` }));
  return (attributes) => nodes.forEach((node) => dress(node, attributes));
}

export function chip(parent, attributes) {
  const group = svg("g", parent, attributes);
  const reach = svg("rect", group, { class: "reach" });
  const plate = svg("rect", group, { class: "plate", rx: 4 });
  return { group, reach, plate, text: svg("text", group), written: null, width: 0 };
}

/** Writes a label, never as markup, and shortens what is wider than the picture. */
export function write(tag, label, widest) {
  if (tag.written === `${label}|${widest}`) return;
  tag.text.textContent = label;
  let length = tag.text.getComputedTextLength();
  if (length > widest) {
    tag.text.textContent = `${label.slice(0, Math.max(1, Math.floor((label.length * widest) / length) - 1))}…`;
    length = tag.text.getComputedTextLength();
  }
  tag.width = Math.ceil(length) + 2 * CHIP.pad;
  tag.written = `${label}|${widest}`;
}

export function put(tag, { x, y, w, h }) {
  dress(tag.plate, { x, y, width: w, height: h });
  dress(tag.reach, { x, y: y - (HIT - h) / 2, width: w, height: HIT });
  dress(tag.text, { x: x + CHIP.pad, y: y + CHIP.line });
}
