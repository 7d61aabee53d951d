/** A part of a figure or page: plain data that can be written as text or handed to a library such as React. */
export interface Element {
  readonly name: string;
  readonly attributes: Attributes;
  readonly children: readonly Content[];
}

export type Content = Element | string;

/**
 * Attributes of elements. A `style` attribute would need `unsafe-inline` in a content security policy,
 * so there is none. Links are not allowed either: figures and reports open without a network.
 */
export type Attributes = Readonly<Record<string, string | number | undefined>> & {
  readonly style?: never;
  readonly href?: never;
  readonly src?: never;
};

/** An element; attributes that are undefined and children that are null are left out. */
export function element(
  name: string,
  attributes: Attributes = {},
  ...children: readonly (Content | readonly Content[] | null)[]
): Element {
  return { name, attributes, children: children.flat().filter((child) => child !== null) };
}
