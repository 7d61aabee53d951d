import express from "express";
import { expect, it } from "vitest";
import { describeInChromium } from "./testing/browser.ts";
import { serve, serveGreetings } from "./testing/served.ts";

describeInChromium("docsPage", (open) => {
  it("shows the document and executes an operation on the server", async () => {
    await using server = await serveGreetings();
    await using opened = await open(`${server.url}/docs`);
    const { page, problems } = opened;
    await page.getByRole("heading", { name: "Greetings" }).waitFor();
    await page.locator("#operations-default-greet .opblock-summary-control").click();
    await page.getByRole("button", { name: "Execute" }).click();
    const answer = page.locator("#operations-default-greet .live-responses-table .highlight-code").first();
    expect(await answer.innerText()).toContain('"hello": "world"');
    expect(problems).toEqual([]);
  });

  it("reports the faults of a page", async () => {
    const app = express();
    app.get("/", (_req, res) => {
      res.set("Content-Security-Policy", "script-src 'self'");
      res.send(`<script>1</script><script src="/missing.js"></script><img src="http://elsewhere.invalid/a.png">`);
    });
    await using bad = await serve(app);
    await using opened = await open(bad.url);
    const found = opened.problems.join("\n");
    expect(found).toContain("content security policy: script-src-elem inline");
    expect(found).toContain(`status 404: ${bad.url}/missing.js`);
    expect(found).toContain("request to another host: http://elsewhere.invalid/a.png");
  });
});
