import { DomainError } from "../common/domain-error.ts";
import type { Ctx } from "./operation.ts";

/**
 * Ensures that parameters stay small, because they are stored with every execution and pass through batches of hundreds.
 * @throws DomainError `payload_too_large`
 */
export function ensureSmallParameters(
  { parametersMaxBytes }: Pick<Ctx, "parametersMaxBytes">,
  parameters: unknown,
): void {
  ensureSize("parameters", parameters, parametersMaxBytes);
}

/** A grid may be larger: it is stored once for all its combinations. @throws DomainError `payload_too_large` */
export function ensureSmallGrid({ parametersMaxBytes }: Pick<Ctx, "parametersMaxBytes">, grid: unknown): void {
  ensureSize("grid", grid, gridFactor * parametersMaxBytes);
}

const gridFactor = 4;

function ensureSize(path: string, value: unknown, maxBytes: number): void {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes <= maxBytes) return;
  const kB = (size: number) => `${Math.ceil(size / 100) / 10} kB`;
  const message = `is ${kB(bytes)} of JSON and may be at most ${kB(maxBytes)}`;
  throw new DomainError("payload_too_large", `${path}: ${message} (PARAMETERS_MAX_KB)`, [{ path, message }]);
}
