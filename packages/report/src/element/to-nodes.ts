import type { Content } from "./element.ts";

/** Creates a node of a library, as React's `createElement` does. */
export type CreateNode<Node> = (name: string, props: Record<string, string | number>, ...children: Node[]) => Node;

/**
 * The same figure as nodes of a library whose properties are named as in the DOM: `className`, `strokeWidth`. Children are
 * passed one by one, so they need no keys.
 */
export function toNodes<Node>(content: Content, createNode: CreateNode<Node | string>): Node | string {
  if (typeof content === "string") return content;
  const { name, attributes, children } = content;
  const props: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) props[toProperty(key)] = value;
  return createNode(name, props, ...children.map((child) => toNodes(child, createNode)));
}

function toProperty(attribute: string): string {
  if (attribute === "class") return "className";
  if (attribute === "colspan") return "colSpan";
  if (/^(data|aria)-/.test(attribute)) return attribute;
  return attribute.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
