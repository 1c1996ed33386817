// Building and placing elements. Text always becomes text nodes: nothing here reads markup.

const svgNamespace = "http://www.w3.org/2000/svg";

function apply(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
}

// element("a", {class: "x", href: "...", onclick: f}, "text", node): null children are left out.
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  apply(node, attributes);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export function button(text, kind, onclick, attributes = {}) {
  return element("button", { class: `button ${kind}`.trim(), type: "button", onclick, ...attributes }, text);
}

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(svgNamespace, tag);
  apply(node, attributes);
  node.append(...children);
  return node;
}

// A line icon from path data on a square of `size` units.
export function icon(paths, size = 24) {
  return svg("svg", { viewBox: `0 0 ${size} ${size}`, "aria-hidden": "true" }, ...paths.map((d) => svg("path", { d })));
}

// Makes `nodes` the children of `parent` in this order. Touches nothing when they already are, so that focus and
// scrolling survive; a focused child that only moved gets its focus back.
export function place(parent, nodes) {
  const same = parent.children.length === nodes.length && nodes.every((node, at) => parent.children[at] === node);
  if (same) return;
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  parent.replaceChildren(...nodes);
  if (focused && parent.contains(focused)) focused.focus({ preventScroll: true });
}

// A click that the page answers itself; with a modifier key it stays the browser's (new tab, download).
export function isPlainClick(event) {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}
