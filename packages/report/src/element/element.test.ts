import { describe, expect, it } from "vitest";
import { element } from "./element.ts";
import { toMarkup, toSvgMarkup } from "./to-markup.ts";
import { toNodes } from "./to-nodes.ts";

const figure = element(
  "svg",
  { class: "figure", width: 10, "aria-label": 'a "b" <c> & d' },
  element("path", { "stroke-width": 2, d: "M0 0", fill: undefined }),
  null,
  [element("text", {}, "1 < 2")],
);

describe("an element", () => {
  it("is written with everything escaped", () => {
    expect(toMarkup(figure)).toBe(
      '<svg class="figure" width="10" aria-label="a &quot;b&quot; &lt;c&gt; &amp; d"><path stroke-width="2" d="M0 0"/><text>1 &lt; 2</text></svg>',
    );
  });

  it("is a file of its own with its namespace", () => {
    expect(toSvgMarkup(figure)).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" class="figure"/);
  });

  it("becomes nodes of a library, with names as in the DOM", () => {
    const made = toNodes<unknown>(figure, (name, props, ...children) => ({ name, props, children }));
    expect(made).toEqual({
      name: "svg",
      props: { className: "figure", width: 10, "aria-label": 'a "b" <c> & d' },
      children: [
        { name: "path", props: { strokeWidth: 2, d: "M0 0" }, children: [] },
        { name: "text", props: {}, children: ["1 < 2"] },
      ],
    });
  });

  it("has neither styles nor addresses, which the compiler refuses", () => {
    // @ts-expect-error -- a style attribute needs 'unsafe-inline'
    element("p", { style: "color: red" });
    // @ts-expect-error -- a report links to nothing
    element("a", { href: "https://example.com" });
    expect(figure.attributes).not.toHaveProperty("style");
  });
});
