import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describeInChromium } from "@strategy-executor/docs-page/testing";
import { expect, it } from "vitest";
import { sampleInput } from "../testing/sample-input.ts";
import { languages, parts } from "../texts/texts.ts";
import { renderReport } from "./report.ts";

describeInChromium("a report", (open) => {
  const folder = mkdtempSync(join(tmpdir(), "report-"));
  const fileOf = (language: "en" | "ko"): string => {
    const path = join(folder, `report-${language}.html`);
    writeFileSync(path, renderReport(sampleInput({ days: 5_300, trades: 40 }), language));
    return pathToFileURL(path).href;
  };

  it.each(languages)("opens from a file without a network or a violation of its policy, in %s", async (language) => {
    await using opened = await open(fileOf(language));
    const { page, problems } = opened;
    expect(await page.locator("section").count()).toBe(parts.length);
    expect(await page.locator("svg.figure").count()).toBeGreaterThan(7);
    // The policy allows the style.
    expect(await page.evaluate("getComputedStyle(document.body).maxWidth")).toBe("840px");
    expect(problems).toEqual([]);
  });

  it("fits narrow screens and paper", async () => {
    await using opened = await open(fileOf("ko"));
    const { page } = opened;
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    }
    const pdf = await page.pdf({ format: "A4" });
    expect(pdf.subarray(0, 4).toString()).toBe("%PDF");
    rmSync(folder, { recursive: true });
  });
});
