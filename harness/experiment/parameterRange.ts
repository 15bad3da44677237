import type { Parameter, ParameterValue } from "../../kernels/mechanism.ts";

/** May a parameter have this value? */
export const accepts = (parameter: Parameter, value: ParameterValue): boolean => {
  if (parameter.kind === "integer")
    return (
      Number.isInteger(value) && Number(value) >= parameter.minimum && Number(value) <= parameter.maximum && Number(value) % (parameter.multipleOf ?? 1) === 0
    );
  return parameter.kind === "boolean" ? typeof value === "boolean" : typeof value === "string" && parameter.values.includes(value);
};

/** What `accepts` takes, in words. */
export const range = (parameter: Parameter): string => {
  if (parameter.kind === "integer") {
    const multiples = parameter.multipleOf === undefined ? "" : `multiples of ${parameter.multipleOf} `;
    return `${multiples}from ${parameter.minimum} to ${parameter.maximum}`;
  }
  return parameter.kind === "boolean" ? "true or false" : parameter.values.join(", ");
};
