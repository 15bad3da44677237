import type { Step } from "./mechanism.ts";
import { expandTemplate } from "./template.ts";

/** A kernel and one dispatch of it. `source` is a template (template.ts) over the same constants that the module declares. */
export interface Kernel extends Pick<Step, "label" | "constants" | "bindings" | "workgroups" | "groupFlops"> {
  readonly source: string;
  readonly subgroups?: boolean;
  readonly f16?: boolean;
}

/** The step that runs a kernel; its entry point is `main`. Throws where the template does. */
export const stepOf = ({ source, subgroups = false, f16 = false, ...step }: Kernel): Step => ({
  ...step,
  wgsl: expandTemplate(source, step.constants),
  entryPoint: "main",
  enables: [...(f16 ? ["f16"] : []), ...(subgroups ? ["subgroups"] : [])],
});
