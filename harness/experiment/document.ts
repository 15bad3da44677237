import { type Document, isAlias, isCollection, isMap, isNode, isScalar, Lexer, type Node, parseDocument, visit } from "yaml";
import { cut, type Draft, mostGiven, mostProblems, type Problem, pathText, show } from "./problem.ts";

/** A text that nodes come from: the file, or one `--set` flag. Offsets of its nodes count from `start`. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly start: number;
  readonly isFlag: boolean;
}

/** YAML with positions. `flags` holds the nodes that flags put in place of the file's. */
export interface PositionedDocument {
  readonly yaml: Document;
  readonly source: Source;
  readonly flags: Map<Node, Source>;
}

// Both bounds keep yaml's recursive composer far away from the end of the stack. No experiment comes near them.
const deepestNesting = 32;
const widestIndent = 200;

// The lexer's own tokens for document, flow error and scalar: no text of the file.
const lexerMarks = new Set(["\u0002", "\u0018", "\u001f"]);

/** Parse one YAML document of plain maps, lists and scalars: no aliases, no tags, no second document. Gives the document or everything wrong with it. */
export const parsePositioned = (source: Source): PositionedDocument | readonly Problem[] => {
  const { text } = source;
  const body = source.isFlag ? text.slice(source.start) : text;
  const deep = tooDeep(body);
  if (deep !== undefined)
    return [problemAt(source, deep, { path: [], on: "value", message: "nested too deeply", accepted: `at most ${deepestNesting} levels` })];
  const yaml = parseDocument(body, { strict: true, stringKeys: true, uniqueKeys: true, prettyErrors: false, logLevel: "error" });
  const problems = [...yaml.errors, ...yaml.warnings]
    .sort((a, b) => a.pos[0] - b.pos[0])
    .map((error) => problemAt(source, error.pos[0], { path: [], on: "value", ...explain(error.code, error.message) }));
  visit(yaml, {
    Alias: (_, node) => {
      problems.push(
        problemAt(source, node.range?.[0] ?? 0, {
          path: [],
          on: "value",
          message: "aliases are not accepted",
          given: `*${node.source}`,
          accepted: "the values themselves",
        }),
      );
    },
  });
  // One broken bracket makes an error of every line after it.
  return problems.length > 0 ? problems.slice(0, 3) : { yaml, source, flags: new Map() };
};

// Offset of the token that is nested too deeply, counted without recursion, before anything recursive sees the text.
const tooDeep = (text: string): number | undefined => {
  let offset = 0;
  let flow = 0;
  let onLine = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === "\n" || token === "\r\n") onLine = 0;
    else if (token === "[" || token === "{") flow += 1;
    else if (token === "]" || token === "}") flow = Math.max(0, flow - 1);
    else if (flow === 0 && (token === "-" || token === "?" || token === ":")) onLine += 1;
    else if (token.trim() === "" && token.length > widestIndent) return offset;
    if (flow > deepestNesting || onLine > deepestNesting) return offset;
    if (!lexerMarks.has(token)) offset += token.length;
  }
  return undefined;
};

const explain = (code: string, message: string): Pick<Draft, "message" | "accepted"> => {
  if (code === "DUPLICATE_KEY") return { message: "this key stands twice", accepted: "each key once" };
  if (code === "MULTIPLE_DOCS") return { message: "a second document begins here", accepted: "one experiment a file" };
  if (code === "TAG_RESOLVE_FAILED") return { message: "tags are not accepted", accepted: "plain text, numbers, lists and maps" };
  if (code === "NON_STRING_KEY") return { message: "this key is not a word", accepted: "words as keys" };
  return { message: `not valid YAML: ${message.split("\n")[0] ?? message}` };
};

/** A draft at an offset of a source. */
export const problemAt = (source: Source, offset: number, draft: Draft): Problem => {
  const at = Math.min(source.text.length, source.start + offset);
  const lineStart = source.text.lastIndexOf("\n", at - 1) + 1;
  const lineEnd = source.text.indexOf("\n", at);
  return {
    file: source.file,
    line: source.isFlag ? undefined : source.text.slice(0, lineStart).split("\n").length,
    col: at - lineStart + 1,
    path: pathText(draft.path),
    message: draft.message,
    given: draft.given === undefined ? undefined : cut(draft.given, mostGiven),
    accepted: draft.accepted,
    suggestion: draft.suggestion,
    excerpt: source.text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd).replace(/\r$/, ""),
  };
};

/** A flag's source reads `--set PATH=VALUE`: where PATH begins. */
export const flagPathStart = "--set ".length;

/** A draft at the place its path has in the document, or at the nearest part of the path that is there. */
export const placed = (document: PositionedDocument, draft: Draft): Problem => {
  let source = document.source;
  let node: unknown = document.yaml.contents;
  let at = offsetOf(node) ?? 0;
  for (const [depth, step] of draft.path.entries()) {
    const isLast = depth === draft.path.length - 1;
    const pair = isMap(node) ? node.items.find((item) => isScalar(item.key) && item.key.value === step) : undefined;
    const next = pair ? pair.value : isCollection(node) ? node.get(step, true) : undefined;
    if (pair === undefined && next === undefined) break;
    const flag = isNode(next) ? document.flags.get(next) : undefined;
    const keyAt = flag === undefined ? offsetOf(pair?.key) : undefined;
    source = flag ?? source;
    node = next;
    if (flag !== undefined) at = isLast && draft.on === "key" ? flagPathStart - flag.start : (offsetOf(next) ?? 0);
    else at = (isLast && draft.on === "key" ? keyAt : undefined) ?? offsetOf(next) ?? keyAt ?? at;
  }
  return problemAt(source, at + insideOffset(source, node, at, draft.offset), draft);
};

const offsetOf = (node: unknown): number | undefined => (isNode(node) ? (node.range?.[0] ?? undefined) : undefined);

// An expression on one line without escapes stands in the text as it is: then the caret can point inside.
const insideOffset = (source: Source, node: unknown, at: number, offset: number | undefined): number => {
  if (offset === undefined || !isScalar(node) || typeof node.value !== "string" || isAlias(node)) return 0;
  const shift = node.type === "PLAIN" ? 0 : 1;
  return source.text.startsWith(node.value, source.start + at + shift) ? shift + offset : 0;
};

/** Problems in reading order, at most `mostProblems`, each once. */
export const inOrder = (problems: readonly Problem[]): readonly Problem[] => {
  const seen = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  const ordered = [...seen.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.col ?? 0) - (b.col ?? 0));
  return ordered.slice(0, mostProblems);
};

/** The value at a path of a plain value, for messages. */
export const givenAt = (value: unknown, path: readonly PropertyKey[]): string => show(valueAt(value, path));

/** The value at a path of a plain value; undefined where the path ends early. Own properties only. */
export const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((at, step) => (typeof at === "object" && at !== null && Object.hasOwn(at, step) ? Reflect.get(at, step) : undefined), value);
