import { assetColours } from "@strategy-executor/report";
import { useEffect, useState } from "react";
import { useSettings } from "../settings/settings.ts";

/** The current colours of the style sheet, for a canvas. */
export interface Colours {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly surface: string;
  readonly account: string;
  readonly benchmark: string;
  readonly gain: string;
  readonly loss: string;
}

/** Returns the colours, and updates them when the page or the system changes the theme. */
export function useColours(): Colours {
  const { theme, colours, language } = useSettings();
  const [count, setCount] = useState(0);
  useEffect(() => {
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const change = (): void => setCount((old) => old + 1);
    dark.addEventListener("change", change);
    return () => dark.removeEventListener("change", change);
  }, []);
  const [read, setRead] = useState<Colours>(readColours);
  useEffect(() => setRead(readColours()), [theme, colours, language, count]);
  return read;
}

/** A colour for each of several curves; the first is that of the account. */
export function curveColour(index: number, { account }: Colours): string {
  return index === 0 ? account : assetColours[index % assetColours.length]!;
}

function readColours(): Colours {
  // The computed value of a token is `light-dark(...)` until an element uses it as a colour.
  const colour = (token: string): string => {
    const probe = document.createElement("span");
    probe.style.color = `var(--${token})`;
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
  return {
    text: colour("text"),
    muted: colour("muted"),
    line: colour("line"),
    surface: colour("surface"),
    account: colour("account"),
    benchmark: colour("benchmark"),
    gain: colour("gain"),
    loss: colour("loss"),
  };
}
