// A Plotly figure in one lasting node. Every call brings a figure; Plotly.react turns the drawn one into it.
//
// The bundle is a classic script. Imported as a module it still leaves window.Plotly behind, is fetched once a page,
// and comes from beside this file. A grip and a line that follow the visitor lie over the chart, not in it.

import { Feed } from "../live.js";
import { html } from "../nodes.js";
import { Outbox } from "../outbox.js";
import { Cursor } from "./cursor.js";
import { Handle } from "./handle.js";

const BUNDLE = new URL("plotly-cartesian.min.js?version=79542150", import.meta.url).href;

// The page scrolls when a finger passes over the chart, so nothing is dragged and nothing is zoomed. No buttons, no
// hints in a language of Plotly's choosing, no address of Plotly's servers.
const CONFIG = {
  displayModeBar: false,
  displaylogo: false,
  displayNotifier: false,
  doubleClick: false,
  locale: "en-US",
  plotlyServerURL: "",
  scrollZoom: false,
  showAxisDragHandles: false,
  showAxisRangeEntryBoxes: false,
  showSendToCloud: false,
  showTips: false,
};

const STILL = 6; // pixels a press may wander and still be a click

const charts = new WeakMap(); // parentElement -> chart

let loading;

function plotly() {
  loading ??= import(BUNDLE).then(
    () => window.Plotly,
    (error) => {
      loading = undefined; // the next figure tries again
      throw error;
    },
  );
  return loading;
}

// What the figure leaves open follows the page. As a template it yields to whatever the figure sets.
function template(node) {
  const style = getComputedStyle(node);
  const css = (name) => style.getPropertyValue(`--st-${name}`).trim() || undefined;
  const text = css("text-color");
  const family = css("font");
  const size = 12 * (Number(style.getPropertyValue("--lz-scale")) || 1);
  const line = css("border-color");
  const axis = { automargin: true, gridcolor: line, linecolor: line, tickcolor: line, zerolinecolor: css("gray-color") ?? line };
  const bar = { colorbar: { outlinewidth: 0 } };
  const whole = { line: { simplify: false } }; // else Plotly leaves out points, and a curve has corners
  return {
    layout: {
      annotationdefaults: { arrowcolor: text },
      coloraxis: bar,
      dragmode: false,
      font: { color: text, family, size },
      hoverlabel: { bgcolor: css("background-color"), bordercolor: line, font: { color: text, family } },
      margin: { l: 48, r: 16, t: 32, b: 40 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      separators: ".,",
      shapedefaults: { line: { color: text } },
      xaxis: axis,
      yaxis: axis,
    },
    data: { contour: [bar], heatmap: [bar], scatter: [whole] },
  };
}

function open(parentElement) {
  const frame = html("div", parentElement, { class: "lossviz-plot-frame" });
  const node = html("div", frame, { class: "lossviz-plot", role: "img" });
  const chart = { frame, node, head: {}, layout: "", data: "", drawn: null, press: null };
  const outbox = new Outbox((message) => chart.say("drag", message));
  chart.feed = new Feed((data) => show(chart, data), outbox);
  chart.observer = new ResizeObserver(() => draw(chart));
  chart.observer.observe(node);
  node.addEventListener("pointerdown", (event) => (chart.press = event));
  chart.release = (event) => {
    const wandered = chart.press && Math.hypot(event.clientX - chart.press.clientX, event.clientY - chart.press.clientY);
    if (event.type === "pointercancel" || wandered > STILL) chart.press = null;
    else if (chart.press?.pointerId === event.pointerId && event.button === 0) chart.handle?.tap(event);
  };
  for (const type of ["pointerup", "pointercancel"]) window.addEventListener(type, chart.release, true);
  charts.set(parentElement, chart);
  return chart;
}

// The place is taken before the bundle is there, so nothing below the chart jumps.
function reserve(chart) {
  const { node, head: { label, testid } } = chart;
  node.style.height = `${tall(chart)}px`;
  node.setAttribute("aria-label", label);
  if (testid) node.dataset.testid = testid;
  else delete node.dataset.testid;
}

// As high as it takes for the plot area to be a square, where the figure asks for that; never higher than told.
function tall({ node, head: { height, square } }) {
  return square === null ? height : Math.min(height, node.clientWidth + square);
}

// What lies over the chart. It is apart from the image, whose parts a screen reader does not see.
function cover(chart) {
  const { node, feed, head: { handle, along, cursor } } = chart;
  if (handle || cursor) chart.overlay ??= html("div", chart.frame, { class: "lossviz-plot-overlay" });
  if (cursor) chart.cursor ??= new Cursor(node, chart.overlay);
  if (handle) chart.handle ??= new Handle(node, chart.overlay, feed.outbox);
  if (!cursor) chart.cursor = chart.cursor?.destroy();
  if (!handle) chart.handle = chart.handle?.destroy();
  chart.handle?.update({ ...handle, along });
  chart.cursor?.place();
}

// One chart after the other, each time the newest figure: words and numbers, which come with the same answer, are on the
// screen before, and what the visitor drags moves on between two drawings.
const due = new Set();
let drawing = false;

function soon(chart) {
  due.add(chart);
  if (!drawing) setTimeout(next);
  drawing = true;
}

function next() {
  const [chart] = due;
  due.delete(chart);
  if (chart) draw(chart);
  drawing = due.size > 0;
  if (drawing) requestAnimationFrame(() => setTimeout(next));
}

function draw(chart) {
  const { node, data, layout } = chart;
  const width = node.clientWidth;
  if (!chart.plotly || !node.isConnected || !width) return;
  const height = tall(chart);
  node.style.height = `${height}px`;
  const look = template(node);
  const { shapes = [], ...others } = JSON.parse(layout); // afresh each time: Plotly writes into what it is given
  const wanted = { shapes: JSON.stringify(shapes), others: JSON.stringify([width, height, look, others]), data };
  const same = (part) => wanted[part] === chart.drawn?.[part];
  if (same("data") && same("others")) {
    // Shapes alone are moved in a few milliseconds; a contour would take a hundred to be worked out again.
    if (!same("shapes")) chart.plotly.relayout(node, { shapes });
  } else {
    // "kept": a trace hidden through the legend stays hidden while the numbers change. Not read from a template.
    const whole = { uirevision: "kept", ...others, shapes, template: look, width, height };
    chart.plotly.react(node, JSON.parse(data), whole, CONFIG);
    // The room for a legend is that of its rows at the width before: drawn once more it is right.
    if (chart.drawn && chart.width !== width) chart.plotly.redraw(node);
    chart.width = width;
  }
  if (!chart.drawn) {
    node.on("plotly_click", ({ points }) => click(chart, points[0]));
    node.on("plotly_afterplot", () => place(chart));
  }
  chart.drawn = wanted;
  place(chart);
}

function place(chart) {
  chart.handle?.place();
  chart.cursor?.place();
}

// The two halves of the figure are texts: one that stays as it is need not be read again.
function show(chart, { layout, figure, seq, ...head }) {
  Object.assign(chart, { head, layout, data: figure });
  chart.feed.outbox.heard(seq); // before the chart is drawn: the server works meanwhile
  reserve(chart);
  cover(chart);
  soon(chart);
}

// One report a press, also where a touch is followed by the mouse events made up for it.
function click(chart, point) {
  if (!chart.press || !point || !chart.head.clicks) return;
  chart.press = null;
  const list = (value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
  chart.send("click", {
    curve: point.curveNumber,
    point: list(point.pointNumber),
    x: point.x,
    y: point.y,
    customdata: list(point.customdata) ?? null,
  });
}

// Streamlit also cleans up after calls that a newer one overtook; the chart goes only once it has left the page.
function close(parentElement) {
  const chart = charts.get(parentElement);
  if (!chart || chart.node.isConnected) return;
  charts.delete(parentElement);
  chart.observer.disconnect();
  for (const type of ["pointerup", "pointercancel"]) window.removeEventListener(type, chart.release, true);
  chart.handle?.destroy();
  chart.feed.outbox.destroy();
  chart.cursor?.destroy();
  chart.plotly?.purge(chart.node);
}

export default async function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const chart = charts.get(parentElement) ?? open(parentElement);
  Object.assign(chart, { send: setTriggerValue, say: setStateValue }); // bound to the fragment of this very run
  chart.feed.run(JSON.parse(new TextDecoder().decode(data)));
  chart.plotly ??= await plotly();
  draw(chart); // the latest figure, whichever call waited for the bundle
  return () => close(parentElement);
}
