import { defineMechanism } from "../mechanism.ts";
import { featureMaps } from "./featureMap.ts";
import { memberOf } from "./member.ts";

const linear = defineMechanism(
  memberOf({
    name: "linear",
    title: "linear attention",
    order: 20,
    look: { colour: { light: "#D55E00", dark: "#E69F00" }, mark: "square", dash: [6, 3] },
    definition: "S += φ(k)vᵀ, o = scale · Sᵀφ(q); normalized: z += φ(k), o = Sᵀφ(q) / (z·φ(q))",
    source: "Katharopoulos et al. 2020, arXiv 2006.16236",
    parameters: {
      featureMap: { kind: "choice", values: Object.keys(featureMaps), default: "identity", about: "φ, applied to q and k" },
      normalized: { kind: "boolean", default: false, about: "divide by z·φ(q), the sum of the weights; needs featureMap elu+1" },
      chunk: { kind: "integer", minimum: 16, maximum: 256, default: 64, about: "tokens per chunk in form chunk, a multiple of 16" },
    },
  }),
);

export default [linear];
