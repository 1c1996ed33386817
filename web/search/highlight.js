// Turns the server's highlight ("<em>Steel</em> kettle &amp; lid": escaped, but for em pairs) into text nodes and marks.
// Nothing else in it is taken for markup, whatever it looks like.

const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const codePointMax = 0x10ffff;

function decodeEntity(whole, name) {
  if (!name.startsWith("#")) return entities[name.toLowerCase()] ?? whole;
  const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
  return code > 0 && code <= codePointMax ? String.fromCodePoint(code) : whole;
}

export function decodeEntities(text) {
  return text.replace(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z]{2,4});/gi, decodeEntity);
}

export function highlighted(text) {
  const fragment = document.createDocumentFragment();
  let marked = false;
  for (const part of text.split(/(<\/?em>)/)) {
    if (part === "<em>" || part === "</em>") {
      marked = part === "<em>";
      continue;
    }
    if (part === "") continue;
    const node = document.createTextNode(decodeEntities(part));
    if (marked) {
      const mark = document.createElement("mark");
      mark.append(node);
      fragment.append(mark);
    } else {
      fragment.append(node);
    }
  }
  return fragment;
}

// The highlighted form of a field of a hit, or its plain text.
export function fieldText(hit, field) {
  const text = hit.highlight?.[field];
  return typeof text === "string" ? highlighted(text) : document.createTextNode(String(hit.product?.[field] ?? ""));
}
