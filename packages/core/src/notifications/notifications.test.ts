import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calledAddress, formatProblem, maskAddress } from "./callback-format.ts";
import { formatNotification } from "./format-notification.ts";
import { describeNotice } from "./describe-notice.ts";
import { mailContent } from "./mail.ts";
import type { EndedNotice, Notification } from "./notification.ts";
import { shorten } from "./shorten.ts";
import { sparkline } from "./sparkline.ts";
import { anyCharacter } from "../testing/any-character.ts";

const rebalanced: EndedNotice = {
  executionId: 12,
  strategy: "BoldAssetAllocation",
  label: "Core portfolio",
  status: "completed",
  errorMessage: null,
  decision: { weights: { IEF: 0.5, SPY: 0.25, QQQ: 0.25 }, mode: "defensive" },
  change: { changed: true, previous: { weights: { SPY: 1 }, mode: "offensive" } },
  because: "VEA is negative: top 3 of 7 defensive assets",
  decidedOn: "2024-03-28",
  tradedOn: "2024-04-01",
  figures: { finalValue: 125_000, return: 0.25, cagr: 0.081, sharpe: 0.9, maxDrawdown: -0.1234 },
  monthlyReturns: [0.1, -0.05, 0.02],
};
const english = { language: "en", publicUrl: "https://se.example" } as const;

describe("a notification", () => {
  it("tells what to hold and what changed", () => {
    const { title, fields, text, curve, link } = describeNotice(rebalanced, english);
    expect(title).toBe("Core portfolio: new decision");
    expect(Object.fromEntries(fields.map(({ label, value }) => [label, value]))).toEqual({
      Hold: "defensive: 50.0% IEF, 25.0% QQQ, 25.0% SPY",
      Change: "offensive → defensive, −75.0% SPY, +50.0% IEF, +25.0% QQQ",
      "Decided on": "2024-03-28",
      "Traded on": "2024-04-01",
      Return: "25.00%",
      CAGR: "8.10%",
      Sharpe: "0.90",
      "Maximum drawdown": "-12.34%",
      "Final value": "125,000.00",
      Execution: "12 (BoldAssetAllocation)",
    });
    expect(text).toBe(rebalanced.because);
    expect(curve).toEqual({ label: "Equity, last 3 months", value: "▁█▄▆" });
    expect(link).toEqual({ label: "Open the execution", url: "https://se.example/ui/executions/12" });
  });

  it("is in Korean where that is asked for", () => {
    const { title, fields } = describeNotice(rebalanced, { language: "ko", publicUrl: null });
    expect(title).toBe("Core portfolio: 새 결정");
    expect(fields).toContainEqual({ label: "보유", value: "defensive: 50.0% IEF, 25.0% QQQ, 25.0% SPY" });
  });

  it("names cash, signals, first and unchanged decisions", () => {
    const told = (more: Partial<EndedNotice>) => describeNotice({ ...rebalanced, ...more }, english);
    expect(told({ decision: { weights: { SPY: 0.6 }, mode: null } }).decision).toBe("60.0% SPY, 40.0% cash");
    expect(told({ decision: { weights: {}, mode: "defensive" } }).decision).toBe("defensive: 100.0% cash");
    expect(told({ decision: { signal: "cash", symbol: "SPY" } }).decision).toBe("cash (SPY)");
    expect(told({ change: { changed: true, previous: null } }).title).toBe("Core portfolio: first decision");
    const same = { changed: false, previous: rebalanced.decision };
    expect(told({ change: same }).title).toBe("Core portfolio: decision unchanged");
    expect(told({ change: null, label: null }).title).toBe("BoldAssetAllocation: completed");
  });

  it("holds the message of a failed execution", () => {
    const failed = { ...rebalanced, status: "failed", errorMessage: "Unknown variant: X", decision: null } as const;
    const { title, text, fields } = describeNotice({ ...failed, figures: null, monthlyReturns: [] }, english);
    expect(title).toBe("Core portfolio: failed");
    expect(text).toBe("Unknown variant: X");
    expect(fields.map(({ label }) => label)).not.toContain("Hold");
  });
});

/** Texts that a service might read as markup, and long ones. */
const anyText = fc.oneof(
  fc.string({ unit: anyCharacter, maxLength: 60 }),
  fc.constantFrom("<!channel>", "@everyone", "<@123>", "*_~`|>", "&amp;", "</b>", "한국어", "👩‍👩‍👧‍👦"),
  fc.string({ unit: "grapheme", maxLength: 20 }).map((text) => text.repeat(400)),
);
const anyNotice: fc.Arbitrary<EndedNotice> = fc.record({
  executionId: fc.nat(),
  strategy: anyText,
  label: fc.option(anyText),
  status: fc.constantFrom("completed", "failed", "cancelled"),
  errorMessage: fc.option(anyText),
  decision: fc.option(
    fc.oneof(
      fc.record({
        weights: fc.dictionary(anyText, fc.double({ min: -2, max: 2, noNaN: true }), { maxKeys: 60 }),
        mode: fc.option(anyText),
      }),
      fc.record({ signal: fc.constantFrom("long", "cash"), symbol: anyText }),
    ),
  ),
  change: fc.constant({ changed: true, previous: { weights: { SPY: 1 }, mode: "offensive" } }),
  because: fc.option(anyText),
  decidedOn: fc.constant("2024-03-28"),
  tradedOn: fc.constant(null),
  figures: fc.option(
    fc.record({
      finalValue: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      return: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      cagr: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      sharpe: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
      maxDrawdown: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
    }),
  ),
  monthlyReturns: fc.array(fc.double({ min: -1, max: 5, noNaN: true }), { maxLength: 12 }),
});
const anyNotification: fc.Arbitrary<Notification> = anyNotice.map((notice) => describeNotice(notice, english));

describe("the limits of each service", () => {
  it("are kept for Slack, and nothing is read as markup", () => {
    fc.assert(
      fc.property(anyNotification, (notification) => {
        const body = JSON.parse(formatNotification("slack", notification, "https://hooks.slack.com/services/a"));
        const [header, facts, ...sections] = body.blocks;
        expect(header.text.text.length).toBeGreaterThan(0);
        expect(header.text.text.length).toBeLessThanOrEqual(150);
        expect(facts.fields.length).toBeGreaterThanOrEqual(1);
        expect(facts.fields.length).toBeLessThanOrEqual(10);
        for (const { text } of facts.fields) expect(text.length).toBeLessThanOrEqual(2_000);
        for (const { text } of sections) expect(text.text.length).toBeLessThanOrEqual(3_000);
        for (const text of [...facts.fields, ...sections.map((one: { text: object }) => one.text)]) {
          expect(text).toMatchObject({ type: "mrkdwn", verbatim: true });
        }
        const link = "<https://se.example/ui/executions/";
        for (const { text } of [header.text, ...facts.fields, ...sections.map((one: { text: string }) => one.text)]) {
          expect(text.replace(link, "").replace(/\|Open the execution>$/, "")).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
        }
      }),
    );
  });

  it("are kept for Discord, and nobody is pinged", () => {
    fc.assert(
      fc.property(anyNotification, (notification) => {
        const body = JSON.parse(formatNotification("discord", notification, "https://discord.com/api/webhooks/1/a"));
        const [embed] = body.embeds;
        expect(body.content.length).toBeLessThanOrEqual(2_000);
        expect(embed.fields.length).toBeLessThanOrEqual(25);
        let total = (embed.description?.length ?? 0) + (embed.title?.length ?? 0);
        for (const { name, value } of embed.fields) {
          expect(name.length).toBeLessThanOrEqual(256);
          expect(value.length).toBeLessThanOrEqual(1_024);
          total += name.length + value.length;
        }
        expect(total).toBeLessThanOrEqual(6_000);
        expect(body.allowed_mentions).toEqual({ parse: [] });
      }),
    );
  });

  it("are kept for Telegram, and only our own tags are there", () => {
    fc.assert(
      fc.property(anyNotification, (notification) => {
        const address = "https://api.telegram.org/bot1:a/sendMessage?chat_id=-100";
        const body = JSON.parse(formatNotification("telegram", notification, address));
        expect(body).toMatchObject({ chat_id: "-100", parse_mode: "HTML" });
        expect(body.text.length).toBeLessThanOrEqual(4_096);
        expect(body.text.replaceAll(/<\/?b>|<a href="https:\/\/se\.example[^"]*">|<\/a>/g, "")).not.toMatch(/[<>]/);
      }),
    );
  });

  it("are kept for mail: a subject of one line", () => {
    fc.assert(
      fc.property(anyNotification, (notification) => {
        const { subject, html } = mailContent(notification);
        expect(subject.length).toBeLessThanOrEqual(200);
        expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(html).not.toMatch(/<(?!\/?(?:h1|p|table|tr|th|td|a)[ >])/);
      }),
    );
  });
});

describe("addresses", () => {
  it("are masked behind the fixed beginning of the service's addresses", () => {
    expect(maskAddress("slack", "https://hooks.slack.com/services/T0/B0/secret")).toBe(
      "https://hooks.slack.com/services/***",
    );
    expect(maskAddress("discord", "https://discord.com/api/webhooks/1/secret?wait=true")).toBe(
      "https://discord.com/api/webhooks/***",
    );
    expect(maskAddress("telegram", "https://api.telegram.org/bot1:secret/sendMessage?chat_id=5")).toBe(
      "https://api.telegram.org/bot***",
    );
    expect(maskAddress("slack", "https://chat.example/hooks/secret")).toBe("https://chat.example/***");
    expect(maskAddress("json", "https://receiver.example/hooks/1")).toBe("https://receiver.example/hooks/1");
  });

  it("are called without Telegram's query", () => {
    expect(calledAddress("telegram", "https://api.telegram.org/bot1:a/sendMessage?chat_id=5")).toBe(
      "https://api.telegram.org/bot1:a/sendMessage",
    );
    expect(calledAddress("slack", "https://chat.example/hooks?a=b")).toBe("https://chat.example/hooks?a=b");
  });

  it("are refused without a chat, or masked", () => {
    expect(formatProblem("telegram", "https://api.telegram.org/bot1:a/sendMessage")).toMatch(/chat_id/);
    expect(formatProblem("telegram", "https://api.telegram.org/bot1:a/sendMessage?chat_id=5")).toBeUndefined();
    expect(formatProblem("slack", "https://hooks.slack.com/services/***")).toMatch(/masked/);
    expect(formatProblem("json", "https://receiver.example/***")).toBeUndefined();
  });
});

describe("a text that is cut", () => {
  it("ends on a whole character", () => {
    expect(shorten("한국어 텍스트", 4)).toBe("한국어…");
    expect(shorten("ab👩‍👩‍👧‍👦c", 8)).toBe("ab…");
    expect(shorten("a&b", 4, (text) => text.replaceAll("&", "&amp;"))).toBe("a…");
    expect(shorten("\ud800", 10)).toBe("\ufffd");
  });

  it("is drawn from low to high", () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe("▁▂▃▄▅▆▇█");
    expect(sparkline([2, 2])).toBe("▄▄");
  });
});
