import type { Form, ModelShape, ParameterValue, Shape } from "../../kernels/mechanism.ts";
import type { PresetName } from "../../kernels/model/presets.ts";
import type { EncodingName } from "../tokenizer/encodingNames.ts";
import type { ClaimId } from "./claims.ts";
import type { ExperimentPhase } from "./phases.ts";
import type { RuntimeName } from "./runtimes.ts";

/** Limits under which an open axis goes on: seconds that one repetition of a cell may take, and the share of memory (0..1) or bytes it may need. */
export interface Until {
  readonly cellSeconds: number | undefined;
  readonly memory: { readonly share: number } | { readonly bytes: number } | undefined;
}

/** Values of one size, ascending, or an axis that goes on as far as the device does, and to `to` at most. */
export type Axis = { readonly values: readonly number[] } | { readonly from: number; readonly to?: number; readonly factor: number; readonly until: Until };

/** One entry of `mechanisms`: a line in every chart. `overrides` are the sizes and parameters this entry fixes for itself. */
export interface Arm {
  readonly mechanism: string;
  readonly label: string;
  /** of a peer: the name of its runtime, as its ways are its own */
  readonly form: Form;
  /** a peer: another runtime computes this arm */
  readonly runtime?: RuntimeName;
  /** where it is not as measure.cache says */
  readonly cache?: Measure["cache"];
  readonly overrides: Readonly<Record<string, ParameterValue>>;
  /** beside a model: the mechanisms of layers, in turn; all are `mechanism` where absent */
  readonly pattern?: readonly string[];
  /** beside it, what layers have of their own by their mechanism: heads other than the file's, parameters other than the defaults */
  readonly mixers?: NonNullable<ModelShape["mixers"]>;
}

/** What lies around the mixers of phase tokenLoop, or of what phase offload brings back: the same for all arms. */
export interface ExperimentModel extends Omit<ModelShape, "recomputes" | "text" | "pattern" | "mixers"> {
  /** that its sizes are of, shrunk by `scale`, where the file does not say otherwise */
  readonly preset?: PresetName;
  readonly scale?: number;
}

/** A text that each arm writes with the model. */
export interface ExperimentText {
  /** words, or numbers of tokens */
  readonly prompt: string | readonly number[];
  /** that are written at most */
  readonly tokens: number;
  /** the text ends once this token is written */
  readonly stop?: number;
  /** 0: the likeliest token; else each is drawn */
  readonly temperature: number;
  /** cuts a prompt of words, and puts tokens together */
  readonly tokenizer?: EncodingName;
}

/** A model of several layers, put together from arms that are measured: layers by label. */
export interface Hybrid {
  readonly label: string;
  readonly layers: Readonly<Record<string, number>>;
}

/** How many texts at once, and how fast: of phases of single tokens. */
export interface Serving {
  /** what weights, states and all else may take together */
  readonly memoryBytes: number;
  /** tokens that each text has, ascending; need not be measured */
  readonly n: readonly number[];
}

export interface Measure {
  /** CI half-width / median at which a cell has enough samples */
  readonly precision: number;
  /** wall seconds of this experiment's measuring */
  readonly maxTimeSeconds: number;
  readonly cache: "hot" | "cold";
  readonly seed: number;
  /** half-width of the interval of each n*, as a share of it, up to which n are added around it; undefined: none are */
  readonly refineCrossover?: number;
}

/** A checked experiment file: everything explicit, nothing left to look up. */
export interface Experiment {
  readonly name: string;
  readonly title: string;
  readonly question: string | undefined;
  readonly phase: ExperimentPhase;
  /** of phase tokenLoop, and of offload where the file has one */
  readonly model?: ExperimentModel;
  /** of other phases, beside claims: the published model that the file's is the shape of, of which they measure attention alone */
  readonly published?: PresetName;
  /** of phase tokenLoop alone; absent where none is asked for */
  readonly text?: ExperimentText;
  /** of phase offload without a model: layers, for what a token costs in all of them; only one is told of where absent */
  readonly layers?: number;
  readonly arms: readonly Arm[];
  /** composed of arms; absent where there are none */
  readonly hybrids?: readonly Hybrid[];
  /** in file order; the product of these is the sweep */
  readonly axes: Readonly<Record<string, Axis>>;
  /** axes that advance together instead of multiplying */
  readonly zip: readonly (readonly string[])[];
  readonly exclude: readonly string[];
  readonly fixed: Readonly<Record<string, ParameterValue>>;
  readonly measure: Measure;
  readonly expect: readonly string[];
  /** of phases decode and tokenLoop; absent where it is not asked */
  readonly serving?: Serving;
  /** to be judged by what all phases of the file measure; absent where none are asked */
  readonly claims?: readonly ClaimId[];
  /** condition of --filter, which leaves only the cells that meet it */
  readonly filter: string | undefined;
  /** the file as written, for the report */
  readonly yaml: string;
  /** sha256 (16 hex digits) of the resolved experiment without title, question, yaml and published: equal hashes measure the same thing */
  readonly hash: string;
}

/** One (mechanism, form, phase, shape): what is prepared, verified, timed and drawn as one point. */
export interface Cell extends Shape {
  /** unique in the experiment, readable, safe in URLs: softmax-tiled-n1024-h8-d64 */
  readonly id: string;
  readonly mechanism: string;
  readonly label: string;
  readonly form: Form;
  readonly runtime?: RuntimeName;
  /** of its arm, where it is not as measure.cache says */
  readonly cache?: Measure["cache"];
}

/** A cell that is known not to fit before any device is asked. */
export interface Skip {
  readonly code: "badShape" | "noFeature" | "overLimit";
  readonly reason: string;
}

/** One cell of the sweep, in the order of axes then arms, n ascending. `until` is set on cells of an open axis: they end their series. */
export interface PlannedCell {
  readonly cell: Cell;
  readonly skip: Skip | undefined;
  readonly until: Until | undefined;
}
