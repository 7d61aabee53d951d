import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { openapiDocument } from "./openapi.ts";
import { startInvoices } from "./testing/invoices.ts";
import { Lines } from "./testing/log-lines.ts";

const root = new URL("../../../", import.meta.url);
const tutorial = readFileSync(new URL("docs/callbacks.md", root), "utf8");

function blocks(language: string): string[] {
  return [...tutorial.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(([, code]) => String(code));
}

it("contains code verbatim from the files that it names", () => {
  const flat = (code: string) => code.replaceAll(/^ +/gm, "");
  const shown = blocks("ts");
  expect(shown).toHaveLength(5);
  for (const code of shown) {
    const named = [...tutorial.slice(0, tutorial.indexOf(code)).matchAll(/`(apps\/[^`]*\.ts)`/g)].at(-1)?.[1];
    expect(flat(readFileSync(new URL(String(named), root), "utf8"))).toContain(flat(code));
  }
});

it("contains the callbacks of the document verbatim", () => {
  const shown = blocks("json").map((text) => JSON.parse(text) as object);
  expect(shown).toContainEqual(openapiDocument().paths?.["/invoices/"]?.post?.callbacks);
});

it("shows an external API that receives the callback", async () => {
  const [program] = blocks("js");
  const external = spawn(process.execPath, ["--input-type=module", "-e", String(program)], {
    env: { ...process.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const lines = new Lines();
    createInterface({ input: external.stdout }).on("line", lines.add);
    const url = (await lines.logged("listening on")).replace("listening on ", "");
    await using invoices = await startInvoices();
    const [invoice] = blocks("json").map((text) => JSON.parse(text) as object);
    await invoices.post(`/invoices/?callback_url=${url}/events`, invoice);
    await invoices.post("/invoices/2expen51ve/payment/");
    const received = await lines.logged("POST");
    expect(tutorial.split("\n")).toContain(received);
    await invoices.logged("invoice 2expen51ve: callback");
    const { callback } = (await invoices.get("/invoices/2expen51ve/")).body;
    expect(callback).toMatchObject({ attempts: 1, sent: true, mismatch: null });
  } finally {
    external.kill();
    await once(external, "exit");
  }
});
