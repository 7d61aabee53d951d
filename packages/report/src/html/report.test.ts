import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { sampleInput } from "../testing/sample-input.ts";
import { languages, parts } from "../texts/texts.ts";
import { renderReport, reportPolicy } from "./report.ts";

/** What a forgotten number looks like. */
const notWritten = /NaN|Infinity|>undefined|>null|"undefined|\[object/g;

describe("a report", () => {
  it.each(languages)("has its parts in order, each with a heading, in %s", (language) => {
    const html = renderReport(sampleInput(), language);
    expect(html.startsWith("<!doctype html>\n<html lang=")).toBe(true);
    expect(html).toContain(`<html lang="${language}">`);
    expect([...html.matchAll(/<section id="([^"]+)">/g)].map(([, id]) => id)).toEqual([...parts]);
    for (const section of html.split(/(?=<section id=)/).slice(1))
      expect(section).toMatch(/^<section id="\w+"><h[12]>[^<]+</);
  });

  it("needs nothing and does nothing: no scripts, links, styles of elements or addresses", () => {
    const html = renderReport(sampleInput({ trades: 5 }), "en");
    const forbidden = /<script|<link|<a[ >]|<img|<iframe|\sstyle=|\shref=|\ssrc=|\son\w+=|url\(|@import|https?:\/\//gi;
    expect(html.match(forbidden)).toBeNull();
    expect(html.match(notWritten)).toBeNull();
  });

  it("allows its style by its hash", () => {
    const html = renderReport(sampleInput(), "en");
    const [, style] = /<style>([^<]*)<\/style>/.exec(html)!;
    const hash = createHash("sha256").update(style!).digest("base64");
    expect(reportPolicy).toContain(`style-src 'sha256-${hash}'`);
    expect(html).toContain(`content="${reportPolicy.replaceAll('"', "&quot;")}"`);
  });

  it("escapes what others wrote", () => {
    const input = sampleInput();
    const html = renderReport(
      { ...input, analysis: { ...input.analysis, strategy: "<script>alert(1)</script>" } },
      "en",
    );
    expect(html).not.toContain("<script>");
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).toContain("&lt;b&gt;&amp;&quot;quoted&quot;&lt;/b&gt;");
  });

  it("is the same bytes for the same input", () => {
    expect(renderReport(sampleInput(), "ko")).toBe(renderReport(sampleInput(), "ko"));
  });

  it("draws curves of 20 years with at most 1,500 points", () => {
    const html = renderReport(sampleInput({ days: 5_300 }), "en");
    const curves = [...html.matchAll(/class="(?:line|area) [^"]*" d="([^"]*)"/g)].map(([, path]) => path!);
    expect(curves.length).toBeGreaterThanOrEqual(10);
    for (const path of curves) {
      const points = path.match(/[ML]/g)!.length;
      expect(points).toBeLessThanOrEqual(1_500);
      expect(points).toBeGreaterThan(600);
    }
  });

  it("stays below 400 KB, whatever there is to tell", () => {
    const input = sampleInput({ days: 25_000, decideEvery: 1, tickers: 60, trades: 5_000 });
    const long = "가나다<&>".repeat(20_000);
    const analysis = {
      ...input.analysis,
      parameters: Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`parameter_${index}`, long])),
      drawdowns: Array.from({ length: 10 }, () => input.analysis.drawdowns[0]!),
      crises: Array.from({ length: 500 }, () => input.analysis.crises[0]!),
    };
    const decisions = input.decisions.map((decision) => ({ ...decision, mode: long, because: long }));
    for (const language of languages) {
      for (const trades of [input.trades, null]) {
        const html = renderReport({ ...input, analysis, decisions, trades }, language);
        expect(Buffer.byteLength(html)).toBeLessThanOrEqual(400_000);
      }
    }
  });

  it("is whole for an account that has next to nothing to tell", () => {
    for (const input of [
      sampleInput({ days: 1, benchmark: false, undefinedFigures: true }),
      { ...sampleInput({ days: 2, undefinedFigures: true }), decisions: [], trades: [] },
    ]) {
      const html = renderReport(input, "en");
      expect([...html.matchAll(/<section id=/g)]).toHaveLength(parts.length);
      expect(html.match(notWritten)).toBeNull();
    }
  });

  it("compares with a benchmark only if there is one", () => {
    expect(renderReport(sampleInput(), "en")).toContain("Against the benchmark");
    const alone = renderReport(sampleInput({ benchmark: false }), "en");
    expect(alone).not.toContain("Against the benchmark");
    expect(alone).not.toContain("Up capture");
  });

  it("lists the trades of one ticker, and decisions otherwise, the latest first", () => {
    const trades = renderReport(sampleInput({ trades: 300 }), "en");
    expect(trades).toContain("The latest 200 of 300 trades.");
    const decisions = renderReport(sampleInput({ days: 100, decideEvery: 10 }), "en");
    expect(decisions).toContain("10 decisions.");
    expect(decisions.indexOf("the pattern of day 90")).toBeLessThan(decisions.indexOf("the pattern of day 10<"));
  });

  it("says how likely the best of a sweep is luck", () => {
    const input = sampleInput();
    const deflated = { combinations: 400, sharpe_deviation: 0.02, sharpe_threshold: 0.06, probability: 0.4321 };
    const html = renderReport({ ...input, analysis: { ...input.analysis, deflated_sharpe: deflated } }, "en");
    expect(html).toContain("Deflated Sharpe ratio");
    expect(html).toContain("43.21%");
  });

  it("is Korean throughout but for what the service wrote", () => {
    const html = renderReport(sampleInput(), "ko");
    for (const heading of html.match(/<h2>[^<]+/g)!) expect(heading).toMatch(/[가-힣]/);
    for (const head of html.match(/<th scope="col"[^>]*>[^<]+/g)!) expect(head).toMatch(/[가-힣]|SPY/);
  });
});
