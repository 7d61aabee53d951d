import { parser } from "@prometheus-io/lezer-promql";
import type { SyntaxNode } from "@lezer/common";

/** A value of a metric. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric that an expression reads. */
export interface Selector {
  readonly name: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
  /** Labels that the result is grouped by. */
  readonly grouping: readonly string[];
}

type Vector = readonly Pick<Sample, "labels" | "value">[];

/** Parses the text format of Prometheus. `instance` becomes a label of every sample, as a scrape does it. */
export function parseMetrics(text: string, instance: string): Sample[] {
  return [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(([, name = "", labels = "", value]) => ({
    name,
    labels: {
      instance,
      ...Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text_]) => [label, text_])),
    },
    value: Number(value),
  }));
}

/** The metrics that an expression reads. @throws Error for an expression that is not PromQL */
export function selectorsOf(expression: string): Selector[] {
  const grouping = nodesOf(parse(expression), "GroupingLabels").flatMap((node) =>
    nodesOf(node, "LabelName").map((label) => textOf(expression, label)),
  );
  return nodesOf(parse(expression), "VectorSelector").map((node) => ({ ...selectorAt(expression, node), grouping }));
}

/**
 * Evaluates an expression on the samples of now, and those before for `increase`. Knows what the alert rules use: comparisons,
 * arithmetic, `and`, aggregations, `increase`, `absent`. An alert fires when the result is not empty.
 */
export function evaluate(expression: string, now: readonly Sample[], before: readonly Sample[]): Vector {
  const result = evaluateNode(parse(expression).firstChild!);
  return typeof result === "number" ? [{ labels: {}, value: result }] : result;

  function evaluateNode(node: SyntaxNode): number | Vector {
    switch (node.name) {
      case "NumberDurationLiteral":
        return Number(textOf(expression, node));
      case "ParenExpr":
        return evaluateNode(node.firstChild!);
      case "VectorSelector":
        return select(node, now);
      case "FunctionCall":
        return call(node);
      case "AggregateExpr":
        return aggregate(node);
      case "BinaryExpr":
        return combine(node);
      default:
        throw new Error(`${node.name} is not known here: ${expression}`);
    }
  }

  function select(node: SyntaxNode, samples: readonly Sample[]): Vector {
    const { name, matchers } = selectorAt(expression, node);
    return samples.filter(
      (sample) =>
        sample.name === name &&
        matchers.every(({ label, operator, value }) => ((sample.labels[label] ?? "") === value) === (operator === "=")),
    );
  }

  function call(node: SyntaxNode): Vector {
    const name = textOf(expression, node.getChild("FunctionIdentifier")!);
    const [selector] = nodesOf(node, "VectorSelector");
    if (name === "absent") return select(selector!, now).length === 0 ? [{ labels: {}, value: 1 }] : [];
    if (name !== "increase") throw new Error(`${name} is not known here`);
    const earlier = new Map(select(selector!, before).map(({ labels, value }) => [JSON.stringify(labels), value]));
    return select(selector!, now).map(({ labels, value }) => ({
      labels,
      value: value - (earlier.get(JSON.stringify(labels)) ?? 0),
    }));
  }

  function aggregate(node: SyntaxNode): Vector {
    const name = textOf(expression, node.getChild("AggregateOp")!) as "max" | "min" | "sum" | "count";
    const by = nodesOf(node.getChild("AggregateModifier"), "LabelName").map((label) => textOf(expression, label));
    const elements = evaluateNode(node.getChild("FunctionCallBody")!.firstChild!) as Vector;
    const groups = Map.groupBy(elements, ({ labels }) => JSON.stringify(by.map((label) => [label, labels[label]])));
    return [...groups].map(([key, members]) => ({
      labels: Object.fromEntries(JSON.parse(key) as [string, string][]),
      value: aggregations[name](members.map(({ value }) => value)),
    }));
  }

  function combine(node: SyntaxNode): number | Vector {
    const left = evaluateNode(node.firstChild!);
    const right = evaluateNode(node.lastChild!);
    const operator = textOf(expression, node.firstChild!.nextSibling!);
    if (operator === "and") return (right as Vector).length > 0 ? left : [];
    const compute = operators[operator];
    if (compute === undefined) throw new Error(`${operator} is not known here`);
    const pairs = pairsOf(left, right);
    if (typeof compute(1, 1) === "boolean") {
      return pairs.filter(({ one, other }) => compute(one, other)).map(({ one, labels }) => ({ labels, value: one }));
    }
    const results = pairs.map(({ one, other, labels }) => ({ labels, value: Number(compute(one, other)) }));
    return typeof left === "number" && typeof right === "number" ? results[0]!.value : results;
  }
}

const aggregations = {
  max: (values: readonly number[]) => Math.max(...values),
  min: (values: readonly number[]) => Math.min(...values),
  sum: (values: readonly number[]) => values.reduce((total, value) => total + value, 0),
  count: (values: readonly number[]) => values.length,
};

const operators: Readonly<Record<string, (one: number, other: number) => number | boolean>> = {
  ">": (one, other) => one > other,
  ">=": (one, other) => one >= other,
  "<": (one, other) => one < other,
  "<=": (one, other) => one <= other,
  "==": (one, other) => one === other,
  "*": (one, other) => one * other,
  "/": (one, other) => one / other,
  "+": (one, other) => one + other,
  "-": (one, other) => one - other,
};

/** Elements with the same labels belong together; a number belongs to each. */
function pairsOf(left: number | Vector, right: number | Vector) {
  if (typeof left === "number") {
    const others = typeof right === "number" ? [{ labels: {}, value: right }] : right;
    return others.map(({ labels, value }) => ({ labels, one: left, other: value }));
  }
  if (typeof right === "number") return left.map(({ labels, value }) => ({ labels, one: value, other: right }));
  return left.flatMap(({ labels, value }) => {
    const other = right.find((candidate) => JSON.stringify(candidate.labels) === JSON.stringify(labels));
    return other === undefined ? [] : [{ labels, one: value, other: other.value }];
  });
}

function parse(expression: string): SyntaxNode {
  const root = parser.parse(expression).topNode;
  root.cursor().iterate((node) => {
    if (node.type.isError) throw new Error(`not PromQL at ${node.from}: ${expression}`);
  });
  return root;
}

function selectorAt(expression: string, node: SyntaxNode): Omit<Selector, "grouping"> {
  return {
    name: textOf(expression, node.getChild("Identifier")!),
    matchers: nodesOf(node, "UnquotedLabelMatcher").map((matcher) => ({
      label: textOf(expression, matcher.getChild("LabelName")!),
      operator: textOf(expression, matcher.getChild("MatchOp")!),
      value: textOf(expression, matcher.getChild("StringLiteral")!).slice(1, -1),
    })),
  };
}

function nodesOf(root: SyntaxNode | null, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  root?.cursor().iterate((node) => {
    if (node.name === name && node.from >= root.from && node.to <= root.to) found.push(node.node);
  });
  return found;
}

function textOf(expression: string, { from, to }: { readonly from: number; readonly to: number }): string {
  return expression.slice(from, to);
}
