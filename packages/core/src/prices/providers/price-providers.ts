import { files } from "./files.ts";
import type { PriceProvider } from "./price-provider.ts";
import type { providerNames } from "./provider-names.ts";
import { stooq } from "./stooq.ts";
import { tiingo } from "./tiingo.ts";
import { yahoo } from "./yahoo.ts";

type ProviderName = (typeof providerNames)[number];

/** The operator's choice of providers. Requests cannot change it. */
export interface ProviderSettings {
  /** The provider of all tickers that did not come from another one that is set up. */
  readonly provider?: ProviderName | undefined;
  readonly tiingoToken?: string | undefined;
  /** Folder or https address of CSV files. */
  readonly files?: string | undefined;
  /** Other origins: mirrors or test servers. */
  readonly origins?: Readonly<Partial<Record<Exclude<ProviderName, "files">, string | undefined>>> | undefined;
}

export interface PriceProviders {
  /** The provider of a new ticker. */
  readonly usual: PriceProvider;
  /**
   * The provider of a stored ticker: the one that it came from if that is set up, otherwise the chosen one. Undefined for
   * prices that came from a file while no provider is chosen: another symbol of the same name might replace them.
   */
  of(source: string): PriceProvider | undefined;
}

/** Sets up the providers that the settings allow. Yahoo is the usual one when none is chosen. */
export function createPriceProviders(settings: ProviderSettings): PriceProviders {
  const { provider: chosen, tiingoToken, files: place, origins = {} } = settings;
  const providers = new Map<string, PriceProvider>();
  const isFree = (name: ProviderName) => chosen === undefined || chosen === name;
  if (isFree("yahoo")) providers.set("yahoo", yahoo({ origin: origins.yahoo }));
  if (isFree("stooq")) providers.set("stooq", stooq({ origin: origins.stooq }));
  if (tiingoToken !== undefined) providers.set("tiingo", tiingo({ token: tiingoToken, origin: origins.tiingo }));
  if (place !== undefined) providers.set("files", files({ place }));
  const usual = providers.get(chosen ?? "yahoo");
  if (usual === undefined) throw new Error(`The provider ${chosen} is not set up`);
  return { usual, of: (source) => providers.get(source) ?? (chosen === undefined ? undefined : usual) };
}
