import { assetColours } from "@strategy-executor/report";
import { useEffect, useState } from "react";
import { useSettings } from "../settings/settings.ts";

/** What a canvas is drawn in: the tokens of the style sheet as they are now. */
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

/** Follows the theme, also that of the system. */
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

/** A colour for each of several curves, the first as the account. */
export function curveColour(index: number, { account }: Colours): string {
  return index === 0 ? account : assetColours[index % assetColours.length]!;
}

function readColours(): Colours {
  // The value of a token is `light-dark(...)` until something is drawn in it.
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
