import type { Mechanism, Parameter, ParameterValue } from "../../kernels/mechanism.ts";
import { accepts, range } from "../experiment/parameterRange.ts";
import { nearest } from "../experiment/problem.ts";
import { Unexecutable } from "./problem.ts";
import { safeText } from "./shown.ts";

type Given = Readonly<Record<string, ParameterValue>>;

/** All parameters of a mechanism: those given, defaults for the rest. Throws Unexecutable where one is unknown or out of range. */
export const parametersOf = (mechanism: Mechanism, given: Given): Given => {
  for (const [name, value] of Object.entries(given)) {
    const parameter = parameterNamed(mechanism, name);
    if (!accepts(parameter, value)) throw unaccepted(mechanism, name, parameter, String(value));
  }
  return { ...Object.fromEntries(Object.entries(mechanism.parameters).map(([name, parameter]) => [name, parameter.default])), ...given };
};

/** Parameters written as name=value. Throws Unexecutable. */
export const parsedParameters = (mechanism: Mechanism, texts: readonly string[]): Given => {
  const parsed = new Map<string, ParameterValue>();
  for (const text of texts) {
    const equals = text.indexOf("=");
    if (equals < 0) throw new Unexecutable(`--set ${safeText(text)}: no =; accepted is name=value, e.g. --set chunk=32`);
    const [name, written] = [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
    if (parsed.has(name)) throw new Unexecutable(`--set ${safeText(text)}: ${name} is set twice`);
    const parameter = parameterNamed(mechanism, name);
    const value = parsedValue(parameter, written);
    if (value === undefined || !accepts(parameter, value)) throw unaccepted(mechanism, name, parameter, written);
    parsed.set(name, value);
  }
  return Object.fromEntries(parsed);
};

const parameterNamed = ({ name: owner, parameters }: Mechanism, name: string): Parameter => {
  const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (parameter) return parameter;
  const names = Object.keys(parameters);
  const meant = nearest(name, names);
  const accepted = names.length > 0 ? `accepted are ${names.join(", ")}` : "it has none";
  throw new Unexecutable(`${owner} has no parameter ${safeText(name)}; ${accepted}${meant === undefined ? "" : `; did you mean ${meant}?`}`);
};

const parsedValue = ({ kind }: Parameter, written: string): ParameterValue | undefined => {
  if (kind === "integer") return /^\d+$/.test(written) ? Number(written) : undefined;
  if (kind === "boolean") return written === "true" ? true : written === "false" ? false : undefined;
  return written;
};

const unaccepted = ({ name: owner }: Mechanism, name: string, parameter: Parameter, given: string): Unexecutable =>
  new Unexecutable(`${owner}: ${name} is ${safeText(given)}; accepted: ${range(parameter)}`);
