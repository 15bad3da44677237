import type { Mechanism } from "../../../kernels/mechanism.ts";
import { phases } from "../phases.ts";
import { runtimeNames } from "../runtimes.ts";
import { dtypeFields, dtypes, sizeNames } from "../sizes.ts";

/** What a field of a cell may be compared with; text of a closed set lists it. */
export type Field = { readonly kind: "number" } | { readonly kind: "text"; readonly values: readonly string[] };

/** Fields of cells by name: what `exclude`, `--filter` and `at` may speak of. */
export type Fields = ReadonlyMap<string, Field>;

/** The fields of cells of these mechanisms; `labels` are those of the experiment at hand. */
export const cellFields = (mechanisms: readonly Mechanism[], labels: readonly string[]): Fields => {
  const names = mechanisms.map((mechanism) => mechanism.name);
  const forms = [...new Set([...mechanisms.flatMap((mechanism) => Object.values(mechanism.forms).flat()), ...runtimeNames])];
  const fields = new Map<string, Field>([
    // "mechanism = naive" and "mechanism = GQA" are how people say it, so a form or a label will do.
    ["mechanism", { kind: "text", values: [...new Set([...names, ...labels, ...forms])] }],
    ["label", { kind: "text", values: labels }],
    ["form", { kind: "text", values: forms }],
    ["runtime", { kind: "text", values: runtimeNames }],
    ["phase", { kind: "text", values: phases }],
  ]);
  for (const name of sizeNames) fields.set(name, { kind: "number" });
  for (const name of Object.keys(dtypeFields)) fields.set(name, { kind: "text", values: dtypes });
  for (const mechanism of mechanisms) {
    for (const [name, parameter] of Object.entries(mechanism.parameters)) {
      const known = fields.get(name);
      if (parameter.kind === "integer") fields.set(name, { kind: "number" });
      else {
        const values = parameter.kind === "boolean" ? ["true", "false"] : parameter.values;
        fields.set(name, { kind: "text", values: [...new Set([...(known?.kind === "text" ? known.values : []), ...values])] });
      }
    }
  }
  return fields;
};
