import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Mechanism } from "./mechanism.ts";
import { withTokenLoop } from "./model/tokenLoop.ts";
import { withOffload } from "./offload.ts";

/** A folder of mechanisms that cannot be used as it is; the message names the folder and says what to change. */
export class UnloadableKernels extends Error {}

const definitionNames = ["definition.js", "definition.mjs", "definition.ts"];

// Words that YAML, cells and expressions already use for something else.
const takenNames = new Set(
  "n dModel heads headDim headDimV kvHeads batch dtype kvDtype stateDtype mechanism label form runtime phase use id outcome time exponent and or not at is crossover ratio".split(
    " ",
  ),
);

/**
 * The mechanisms of a kernels folder: each subfolder with a definition.{js,mjs,ts}, whose default export is an array of mechanisms.
 * Sorted by `order`, then name. Serves the built-in kernels and `--kernels DIR` alike. Throws UnloadableKernels.
 */
export const loadMechanisms = async (directory: URL | string): Promise<readonly Mechanism[]> => {
  const root = directory instanceof URL ? fileURLToPath(directory) : resolve(directory);
  const definitions = definitionsAmong(root, await subfolders(root)).map((file) => join(root, file));
  if (definitions.length === 0) {
    const hint = definitionNames.some((name) => existsSync(join(root, name))) ? "; it is itself a family's folder: give its parent" : "";
    throw new UnloadableKernels(`${root}: no subfolder has a ${definitionNames.join(", ")}${hint}`);
  }
  const families = await Promise.all(definitions.map(importFamily));
  return joinMechanisms(...families);
};

/** Which files loadMechanisms() imports, from the folder on, e.g. echo/definition.mjs; none where there is no such folder. */
export const definitionFiles = async (directory: string): Promise<readonly string[]> => {
  const root = resolve(directory);
  return existsSync(root) ? definitionsAmong(root, await subfolders(root)) : [];
};

const definitionsAmong = (root: string, folders: readonly string[]): readonly string[] =>
  folders.flatMap((folder) => definitionNames.map((name) => `${folder}/${name}`).find((file) => existsSync(join(root, file))) ?? []);

/** Lists of mechanisms as one, sorted by `order`, then name. Throws UnloadableKernels where two have one name. */
export const joinMechanisms = (...lists: readonly (readonly Mechanism[])[]): readonly Mechanism[] => {
  const all = lists.flat();
  const names = new Set<string>();
  for (const { name } of all) {
    if (names.has(name)) throw new UnloadableKernels(`two mechanisms are called ${name}: rename one`);
    names.add(name);
  }
  const kinds = new Map<string, { readonly kind: string; readonly owner: string }>();
  for (const { name: owner, parameters } of all) {
    for (const [name, { kind }] of Object.entries(parameters)) {
      const known = kinds.get(name);
      if (known && known.kind !== kind)
        throw new UnloadableKernels(`parameter ${name} is of kind ${known.kind} in ${known.owner} and ${kind} in ${owner}: rename one`);
      kinds.set(name, { kind, owner });
    }
  }
  return withOffload(withTokenLoop(all.toSorted((a, b) => a.order - b.order || (a.name < b.name ? -1 : 1))));
};

const subfolders = async (root: string): Promise<readonly string[]> => {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    // A link to a folder is a folder: people keep their kernels elsewhere.
    return entries.flatMap((entry) => (entry.isDirectory() || entry.isSymbolicLink() ? [entry.name] : [])).sort();
  } catch (error) {
    throw new UnloadableKernels(`${root}: ${codeOf(error) === "ENOENT" ? "no such folder" : codeOf(error) === "ENOTDIR" ? "not a folder" : textOf(error)}`);
  }
};

const accepted = "accepted is a module whose default export is an array of mechanisms (the contract is kernels/mechanism.ts)";

const kindOf = (value: unknown): string => (value === null ? "null" : typeof value === "object" ? "an object" : `a ${typeof value}`);

const importFamily = async (file: string): Promise<readonly Mechanism[]> => {
  const family = await importDefault(file);
  if (!Array.isArray(family))
    throw new UnloadableKernels(`${file}: ${family === undefined ? "it has no default export" : `its default export is ${kindOf(family)}`}; ${accepted}`);
  return family.map((entry: unknown, index) => {
    const faults = faultsOf(entry);
    const name = isRecord(entry) && typeof entry.name === "string" ? entry.name : `entry ${index}`;
    if (faults.length > 0) throw new UnloadableKernels(`${file}: ${name} is no mechanism: ${faults.join("; ")} (the contract is kernels/mechanism.ts)`);
    return entry as Mechanism;
  });
};

const importDefault = async (file: string): Promise<unknown> => {
  try {
    const module: unknown = await import(pathToFileURL(file).href);
    return isRecord(module) ? module.default : undefined;
  } catch (error) {
    if (codeOf(error) === "ERR_UNKNOWN_FILE_EXTENSION") {
      throw new UnloadableKernels(
        `${file}: this Node (${process.version}) cannot import it: compile TypeScript to .js and keep WGSL in strings or read it from disk`,
      );
    }
    throw new UnloadableKernels(`${file}: cannot be imported: ${textOf(error)}; ${accepted}`, { cause: error });
  }
};

const functions = ["refusal", "tiles", "plan", "inputs", "reference", "flops", "leastBytes", "bytesByRole", "claim"];

/** Why a value is not a mechanism, a phrase each; empty when it is one. */
const faultsOf = (entry: unknown): readonly string[] => {
  if (!isRecord(entry)) return ["not an object"];
  const faults: string[] = [];
  const needs = (holds: boolean, fault: string): void => {
    if (!holds) faults.push(fault);
  };
  needs(isName(entry.name), "name must be camelCase letters and digits");
  for (const member of ["title", "definition", "source"]) needs(typeof entry[member] === "string" && entry[member] !== "", `${member} must be text`);
  needs(["softmax", "linear", "instrument"].includes(String(entry.family)), "family must be softmax, linear or instrument");
  needs(Number.isFinite(entry.order), "order must be a number");
  needs(typeof entry.groupedHeads === "boolean", "groupedHeads must be true or false");
  needs(isLook(entry.look), "look must have colour { light, dark }, mark and dash");
  const forms = isRecord(entry.forms) ? Object.values(entry.forms) : [];
  const areForms = forms.every((list) => Array.isArray(list) && list.length > 0 && list.every((form) => typeof form === "string"));
  needs(forms.length > 0 && areForms, "forms must list at least one form for at least one phase");
  if (isRecord(entry.parameters)) {
    for (const [name, parameter] of Object.entries(entry.parameters)) {
      needs(isName(name) && !takenNames.has(name), `parameter ${name} needs another name`);
      needs(isParameter(parameter), `parameter ${name} needs kind integer { minimum, maximum }, boolean or choice { values }, a default within it, and about`);
    }
  } else faults.push("parameters must be an object, {} if there are none");
  for (const member of functions) needs(typeof entry[member] === "function", `${member} must be a function`);
  return faults;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;

const isName = (value: unknown): boolean => typeof value === "string" && /^[a-z][a-zA-Z0-9]{0,39}$/.test(value);

const isLook = (look: unknown): boolean =>
  isRecord(look) &&
  isRecord(look.colour) &&
  typeof look.colour.light === "string" &&
  typeof look.colour.dark === "string" &&
  typeof look.mark === "string" &&
  Array.isArray(look.dash);

const isParameter = (parameter: unknown): boolean => {
  if (!isRecord(parameter) || typeof parameter.about !== "string") return false;
  const { kind, minimum, maximum, values, default: initial } = parameter;
  if (kind === "integer")
    return [minimum, maximum, initial].every(Number.isSafeInteger) && Number(minimum) <= Number(initial) && Number(initial) <= Number(maximum);
  if (kind === "boolean") return typeof initial === "boolean";
  return kind === "choice" && Array.isArray(values) && values.every((value) => typeof value === "string") && values.includes(String(initial));
};

const codeOf = (error: unknown): unknown => (isRecord(error) ? error.code : undefined);
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
