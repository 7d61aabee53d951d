import type { Content } from "./element.ts";

/** Elements of HTML that have neither content nor an end tag. */
const withoutEnd: ReadonlySet<string> = new Set(["br", "meta"]);
/** Shapes of SVG, which may end in their own tag. */
const shapes: ReadonlySet<string> = new Set(["path", "rect"]);

/** The markup of an element, escaped, as HTML and as SVG within HTML. The same element gives the same text. */
export function toMarkup(content: Content): string {
  if (typeof content === "string") return escaped(content);
  const { name, attributes, children } = content;
  let text = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) text += ` ${key}="${escaped(String(value))}"`;
  }
  if (withoutEnd.has(name)) return `${text}>`;
  if (shapes.has(name) && children.length === 0) return `${text}/>`;
  return `${text}>${children.map(toMarkup).join("")}</${name}>`;
}

/** The markup of a figure as a document of its own, for a file or a mail. */
export function toSvgMarkup(figure: Content): string {
  return toMarkup(figure).replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"');
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
