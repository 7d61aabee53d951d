/** A strategy file with its helper files, compiled to the source of one function. Plain data, so that threads can receive it. */
export interface CompiledModule {
  /** Name of the file, for messages. */
  readonly file: string;
  /** Its real location, with links resolved. */
  readonly path: string;
  readonly format: "esm" | "cjs";
  /** An expression that is a function; see `to-function-source.ts`. */
  readonly source: string;
  /** Its external imports: names of the service's packages and of Node's modules, and file URLs. */
  readonly imports: readonly string[];
}
