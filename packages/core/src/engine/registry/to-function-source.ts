import { type ExportNamedDeclaration, type ImportDeclaration, parse } from "acorn";

/** The function's access to other modules. */
export interface Host {
  /** All exports of a module. */
  all(source: string): Readonly<Record<string, unknown>>;
  /** One export. @throws SyntaxError when the module has none of that name */
  one(source: string, name: string): unknown;
}

/** Runs the module from the start with fresh variables, and returns its exports. */
export type ModuleFunction = (host: Host, require: (source: string) => unknown) => Promise<Record<string, unknown>>;

/**
 * Turns a bundled module without `import()` and `import.meta` into the source of a `ModuleFunction`. V8 compiles a module for one instance
 * only, but a function for any number of calls, which share its optimised code.
 */
export function toFunctionSource(code: string): string {
  const program = parse(code, { ecmaVersion: "latest", sourceType: "module" });
  const imports: string[] = [];
  const exports: string[] = [];
  const body: string[] = [];
  let at = 0;
  const replace = (node: { start: number; end: number }, text: string) => {
    body.push(code.slice(at, node.start), text);
    at = node.end;
  };
  for (const node of program.body) {
    if (node.type === "ImportDeclaration") {
      imports.push(...bindingsOf(node));
      replace(node, "");
    } else if (node.type === "ExportAllDeclaration") {
      const all = `${host}.all(${JSON.stringify(node.source.value)})`;
      exports.push(node.exported == null ? `...${all}` : `${nameOf(node.exported)}: ${all}`);
      replace(node, "");
    } else if (node.type === "ExportDefaultDeclaration") {
      exports.push(`default: ${defaultExport}`);
      replace(node, `const ${defaultExport} = ${code.slice(node.declaration.start, node.declaration.end)};`);
    } else if (node.type === "ExportNamedDeclaration") {
      exports.push(...exportsOf(node));
      replace(node, "");
    }
  }
  body.push(code.slice(at));
  // The parameters belong to an outer function, because a module may declare its own `require`.
  return (
    `(function (${host}, require) { return (async function () { "use strict"; ${imports.join(" ")}` +
    `${body.join("")}\nreturn { ${exports.join(", ")} }; }).call(undefined); })`
  );
}

const host = "__strategyExecutorHost";
const defaultExport = "__strategyExecutorDefault";

function bindingsOf({ source, specifiers }: ImportDeclaration): string[] {
  const from = JSON.stringify(source.value);
  return specifiers.map((specifier) => {
    const { name } = specifier.local;
    if (specifier.type === "ImportNamespaceSpecifier") return `const ${name} = ${host}.all(${from});`;
    const wanted = specifier.type === "ImportDefaultSpecifier" ? '"default"' : nameOf(specifier.imported);
    return `const ${name} = ${host}.one(${from}, ${wanted});`;
  });
}

/** The bundler writes a list of names; it contains no declarations. */
function exportsOf({ source, specifiers }: ExportNamedDeclaration): string[] {
  return specifiers.map(({ local, exported }) => {
    if (source == null) return `${nameOf(exported)}: ${local.type === "Identifier" ? local.name : nameOf(local)}`;
    return `${nameOf(exported)}: ${host}.one(${JSON.stringify(source.value)}, ${nameOf(local)})`;
  });
}

type ModuleName = ExportNamedDeclaration["specifiers"][number]["exported"];

/** As a string literal. */
function nameOf(name: ModuleName): string {
  return JSON.stringify(name.type === "Identifier" ? name.name : name.value);
}
