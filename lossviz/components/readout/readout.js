// Words and numbers that follow a drag: markup made and escaped on the server, in a node that only this module writes.

const nodes = new WeakMap(); // parentElement -> node

export default function readout({ parentElement, data }) {
  let node = nodes.get(parentElement);
  if (!node || !parentElement.contains(node)) {
    node = parentElement.appendChild(document.createElement("div"));
    node.className = "lz-readout";
    nodes.set(parentElement, node);
  }
  if (node.version === data.version && node.written === data.html) return;
  node.version = data.version;
  if (node.written !== data.html) node.innerHTML = data.html;
  node.written = data.html;
}
