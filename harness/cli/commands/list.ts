import type { Mechanism, Parameter } from "../../../kernels/mechanism.ts";
import { type Preset, presetNames, presets } from "../../../kernels/model/presets.ts";
import { formatCount } from "../../analysis/format.ts";
import { claimIds, claimPhases } from "../../experiment/claims.ts";
import { phases } from "../../experiment/phases.ts";
import { runtimeNames, runtimes, takenBy } from "../../experiment/runtimes.ts";
import { en } from "../../messages/en.ts";
import { type ExitCode, exitCode } from "../exit.ts";
import { mechanismsOf } from "../input.ts";
import { print, printJson, styled, table } from "../terminal.ts";

const accepted = (parameter: Parameter): string => {
  switch (parameter.kind) {
    case "integer":
      return `${parameter.minimum}…${parameter.maximum}${parameter.multipleOf ? `, a multiple of ${parameter.multipleOf}` : ""}`;
    case "boolean":
      return "true | false";
    case "choice":
      return parameter.values.join(" | ");
    default:
      return parameter satisfies never;
  }
};

/** `attnbench list`: what can stand in an experiment file. The first form of a phase is its default. */
export const list = async (options: { kernels: readonly string[]; json?: true }): Promise<ExitCode> => {
  const mechanisms = (await mechanismsOf(options.kernels)).filter(({ family }) => family !== "instrument");
  if (options.json) {
    const peers = Object.fromEntries(runtimeNames.map((name) => [name, { mechanisms: runtimes[name].mechanisms, phases: runtimes[name].phases }]));
    printJson({
      mechanisms: mechanisms.map(describe),
      runtimes: peers,
      presets,
      claims: claimIds.map((id) => ({ id, phase: claimPhases[id], claim: en.claims.says[id], needs: en.claims.needs[id] })),
    });
    return exitCode.ok;
  }
  const rows = mechanisms.flatMap((mechanism) =>
    phases.flatMap((phase) =>
      (mechanism.forms[phase] ?? []).map((form, i) => [
        mechanism.name,
        phase,
        form + (i === 0 ? " (default)" : ""),
        mechanism.claim(phase, form).time,
        mechanism.claim(phase, form).stateBytes,
      ]),
    ),
  );
  print(table([["mechanism", "phase", "form", "time", "state"], ...rows]));
  print(`\n${runtimeNames.map((name) => `runtime: ${name} (${runtimes[name].title}, beside ours) takes ${takenBy(name)}`).join("\n")}`);
  print(`\n${presetNames.map((name) => `preset: ${name} (${presetText(presets[name])})\n  source: ${presets[name].source}`).join("\n")}`);
  print(`\n${claimIds.map((id) => `claim: ${id} (phase ${claimPhases[id]}, with ${en.claims.needs[id]}) ${en.claims.says[id]}`).join("\n")}`);
  for (const mechanism of mechanisms) {
    print(`\n${styled("bold", mechanism.name)}: ${mechanism.title}. ${mechanism.definition}\n  source: ${mechanism.source}`);
    for (const [name, parameter] of Object.entries(mechanism.parameters))
      print(`  ${name}: ${accepted(parameter)}, default ${parameter.default}. ${parameter.about}`);
  }
  return exitCode.ok;
};

/** "Qwen3-Next-80B-A3B: 48 layers 2,048 wide, 32 heads of 128, 4 of keys and values; 3 gatedDeltaNet, 1 softmax" */
const presetText = ({ title, model: { layers, width, pattern = [] }, heads, kvHeads, headDim }: Preset): string => {
  const turn = [...new Set(pattern)].map((mixer) => `${pattern.filter((one) => one === mixer).length} ${mixer}`).join(", ");
  return `${title}: ${layers} layers ${formatCount(width)} wide, ${heads} heads of ${headDim}, ${kvHeads} of keys and values${turn === "" ? "" : `; in turn ${turn}`}`;
};

const describe = (mechanism: Mechanism): unknown => ({
  name: mechanism.name,
  title: mechanism.title,
  family: mechanism.family,
  definition: mechanism.definition,
  source: mechanism.source,
  parameters: mechanism.parameters,
  forms: mechanism.forms,
  claims: Object.fromEntries(phases.flatMap((phase) => (mechanism.forms[phase] ?? []).map((form) => [`${phase}/${form}`, mechanism.claim(phase, form)]))),
});
