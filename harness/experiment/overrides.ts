import { isCollection, isMap, isNode, isSeq } from "yaml";
import { flagPathStart, type PositionedDocument, parsePositioned, problemAt, type Source } from "./document.ts";
import type { Problem } from "./problem.ts";

/**
 * Put the values of `--set axes.n=[256,512]` flags into a document, in order, before anything is validated. A path is dotted, numbers index
 * lists, and the value is YAML. Problems point into the flag, now and when validation finds them later.
 */
export const applyOverrides = (document: PositionedDocument, sets: readonly string[]): readonly Problem[] =>
  sets.flatMap((set) => applyOverride(document, set));

const applyOverride = (document: PositionedDocument, set: string): readonly Problem[] => {
  const equals = set.indexOf("=");
  const source: Source = { file: "--set", text: `--set ${set}`, start: flagPathStart + equals + 1, isFlag: true };
  const pathSource: Source = { ...source, start: flagPathStart };
  const refuse = (offset: number, message: string, accepted: string): readonly Problem[] => [
    problemAt(pathSource, offset, { path: [], on: "value", message, accepted }),
  ];
  if (equals < 0) return refuse(0, "no `=`", "PATH=VALUE, e.g. --set axes.n=[256,512]");
  // As messages write it: axes.n[0] is axes.n.0.
  const path = set
    .slice(0, equals)
    .trim()
    .replaceAll(/\[(\d+)\]/g, ".$1")
    .split(".");
  if (path.some((step) => step === "")) return refuse(0, "a part of the path is empty", "PATH=VALUE, e.g. --set axes.n=[256,512]");

  const value = parsePositioned(source);
  if (!("yaml" in value)) return value;
  const node = value.yaml.contents ?? document.yaml.createNode(null);
  const steps: (string | number)[] = [];
  let parent: unknown = document.yaml.contents;
  let at = 0;
  for (const step of path) {
    if (isSeq(parent)) {
      const index = Number(step);
      if (!/^\d+$/.test(step) || index >= parent.items.length) {
        return refuse(
          at,
          `${steps.join(".")} is a list without an entry ${step}`,
          `0 to ${parent.items.length - 1}, or the whole list: --set ${steps.join(".")}=[…]`,
        );
      }
      steps.push(index);
    } else if (parent === undefined || isMap(parent)) {
      steps.push(step);
    } else if (steps.length > 0) {
      return refuse(at, `${steps.join(".")} is a single value and holds no ${step}`, `--set ${steps.join(".")}=VALUE`);
    }
    parent = isCollection(parent) ? parent.get(steps.at(-1), true) : undefined;
    if (isNode(parent) && !isCollection(parent) && "value" in parent && parent.value === null) parent = undefined;
    at += step.length + 1;
  }
  const last = steps.pop();
  if (last === undefined || !isMap(document.yaml.contents)) return [];
  let holder: unknown = document.yaml.contents;
  for (const step of steps) {
    if (!isCollection(holder)) break;
    const next: unknown = holder.get(step, true);
    if (isCollection(next)) holder = next;
    else {
      const made = document.yaml.createNode({});
      holder.set(step, made);
      document.flags.set(made, pathSource);
      holder = made;
    }
  }
  if (isCollection(holder)) holder.set(last, node);
  document.flags.set(node, source);
  return [];
};
