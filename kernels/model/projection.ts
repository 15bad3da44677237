import type { Step, Tiles } from "../mechanism.ts";
import { type Kernel, stepOf } from "../step.ts";
import { storing } from "../storage.ts";
import { roundUp, tileSize } from "../tiles.ts";
import { type FinishName, finishes } from "./finish.ts";
import type { Grouping } from "./grouping.ts";
import { type Making, staged } from "./making.ts";
import project from "./project.wgsl";
import projected from "./projected.wgsl";
import projectSubgroup from "./projectSubgroup.wgsl";
import projectWorkgroup from "./projectWorkgroup.wgsl";
import type { StageName } from "./stageNames.ts";

/** Where so many outputs of each row go, and what becomes of their sums. */
export interface Destination {
  readonly to: string;
  readonly outputs: number;
  readonly finish?: FinishName;
  /** heads of so many channels, each written so many times, one behind another; none where absent */
  readonly repeated?: { readonly channels: number; readonly times: number };
}

/** Rows of `from` times a matrix, into `to` or onto what stands there. */
export interface Projection extends Destination {
  readonly from: string;
  readonly weight: string;
  /** of a gated one */
  readonly gate?: string;
  /** width of a row of `from`, a multiple of 4 */
  readonly inputs: number;
  /** further outputs of the same matrix, behind the first ones: one dispatch for all that is made of one input. None of a gated, a grouped or an adding one */
  readonly beside?: readonly Destination[];
  /** rows, where not all that go through */
  readonly rows?: number;
  readonly adds?: boolean;
  /** where each row has a matrix of its own among several (grouping.ts) */
  readonly grouped?: Grouped;
}

/** The groups in the buffer of that name; so many of `to` come of one of `from`. */
export interface Grouped extends Grouping {
  readonly sharing: number;
}

/** What tiles depend on. */
type Product = Pick<Projection, "inputs" | "outputs"> & { readonly rows: number; readonly gated: boolean };

/**
 * Candidate tiles of a product, the default for this device first. By path: subgroup, `rows` × `vectors` of every lane, on CPU emulations; workgroup, `rows` × `outputs` of a workgroup and `rowsEach` × `outputsEach` of a
 * thread, for the many rows of a prompt on GPUs; vector, a team of `lanes` threads an output of `rows` rows.
 */
export const projectionTiles = ({ software, lanes }: Pick<Making, "software" | "lanes">, product: Product): readonly [Tiles, ...Tiles[]] => {
  const { inputs, rows } = product;
  // One row is a vector times a matrix, which a GPU reads fastest where neighbours read neighbours.
  const team = software ? 1 : Math.min(16, 2 ** Math.floor(Math.log2(Math.max(1, inputs / 4))));
  const vector = { path: "vector", rows: Math.min(4, rows), lanes: team };
  if (software) return lanes > 0 && lanes % 4 === 0 ? [subgroupTiles(lanes, product), vector] : [vector];
  return rows > mostVectorRows ? [...workgroupTiles(product), vector] : [vector];
};

/** Rows of which a GPU reads each weight twice at most without tiles. */
const mostVectorRows = 8;

/**
 * At most 8 rows × `vectors` accumulators of a lane: with more, compiling takes longer than 2 s on lavapipe (8 lanes), 0.5 s on SwiftShader (4). Fewer where few rows leave few workgroups for the cores to share, and
 * where outputs are shared out evenly by fewer.
 */
const subgroupTiles = (lanes: number, { outputs, rows, gated }: Product): Tiles => {
  const most = (lanes < 8 ? 8 : 4) / (gated ? 2 : 1);
  const wanted = rows <= mostSubgroupRows ? Math.min(most, Math.max(1, Math.floor(outputs / lanes / fewestSubgroups))) : most;
  const columns = Math.ceil(outputs / lanes);
  return { path: "subgroup", rows: Math.min(mostSubgroupRows, rows), vectors: Math.ceil(columns / Math.ceil(columns / wanted)), lanes };
};
const mostSubgroupRows = 8;
const fewestSubgroups = 16;

/** rows × outputs of a workgroup and of a thread, the largest first: the more a workgroup computes, the oftener it uses what it stages. */
const workgroupTilings = [
  { rows: 128, outputs: 64, rowsEach: 8, outputsEach: 8 },
  { rows: 64, outputs: 64, rowsEach: 4, outputsEach: 8 },
  { rows: 32, outputs: 64, rowsEach: 4, outputsEach: 4 },
  { rows: 32, outputs: 32, rowsEach: 4, outputsEach: 2 },
] as const;
const smallestTiling = { rows: 16, outputs: 32, rowsEach: 2, outputsEach: 2 } as const;

/** Workgroups that keep a large GPU busy; where there are fewer they wait for memory, and smaller tiles are better. */
const fewestWorkgroups = 256;

/** First the largest that are enough workgroups and are not half empty, else the smallest. Of two matrices a workgroup takes half as many outputs. */
const workgroupTiles = ({ outputs, rows, gated }: Product): readonly [Tiles, ...Tiles[]] => {
  const matrices = gated ? 2 : 1;
  const tiles = [...workgroupTilings, smallestTiling].map((tiling) => ({
    path: "workgroup",
    ...tiling,
    outputs: tiling.outputs / matrices,
    outputsEach: tiling.outputsEach / matrices,
  }));
  const fits = tiles.findIndex((each) => each.rows <= roundUp(rows, 16) && Math.ceil(rows / each.rows) * Math.ceil(outputs / each.outputs) >= fewestWorkgroups);
  // -1 is the last, the smallest.
  const [first = {}] = tiles.splice(fits, 1);
  return [first, ...tiles];
};

/** Threads of a workgroup on path vector. */
const threads = 64;
/** vec4s of a row that a workgroup stages at once. */
const sliceQuads = 4;

interface Kind extends Pick<Kernel, "source" | "constants" | "subgroups"> {
  /** of a workgroup */
  readonly outputs: number;
}

const kindOf = (tiles: Tiles, { inputs, gated }: Product): Kind => {
  const rows = tileSize(tiles, "rows");
  if (tiles.path === "workgroup") {
    const outputs = tileSize(tiles, "outputs");
    return {
      source: projectWorkgroup,
      constants: { ROWS: rows, OUTPUTS: outputs, ROWS_EACH: tileSize(tiles, "rowsEach"), OUTPUTS_EACH: tileSize(tiles, "outputsEach"), SLICE: sliceQuads },
      outputs,
    };
  }
  const lanes = tileSize(tiles, "lanes");
  if (tiles.path === "subgroup") {
    const vectors = tileSize(tiles, "vectors");
    const constants = { ROWS: rows, VECTORS: vectors, LANES: lanes, LANE_QUADS: lanes / 4, RAGGED: inputs % lanes !== 0 };
    return { source: projectSubgroup, subgroups: true, constants, outputs: vectors * lanes };
  }
  return {
    source: project,
    constants: { ROWS: rows, THREADS: threads, LANES: lanes, TEAMED: lanes > 1, PARTS: rows * (gated ? 2 : 1) },
    outputs: threads / lanes,
  };
};

/** So many workgroups, or a few more, in two dimensions. */
const overTwo = (count: number, most: number): readonly [y: number, z: number] => {
  const z = Math.ceil(count / most);
  return [Math.ceil(count / z), z];
};

const finishedBy = (suffix: string, finish: FinishName = "plain"): string => `fn finished${suffix}(sum: f32) -> f32 { return ${finishes[finish].wgsl}; }`;

/** Output o of a row to where it stands in a buffer of `outputs` a row, or wherever its head does. */
const writtenTo = (suffix: string, { outputs, repeated }: Destination): string => {
  const begin = `fn store${suffix}(row: u32, o: u32, value: f32) {`;
  if (repeated === undefined) return `${begin} y${suffix}[row * ${outputs}u + o] = value; }`;
  const { channels, times } = repeated;
  const first = `row * ${outputs * times}u + o / ${channels}u * ${channels * times}u + o % ${channels}u`;
  return `${begin} for (var r = 0u; r < ${times}u; r++) { y${suffix}[${first} + r * ${channels}u] = value; } }`;
};

/** Which outputs of the matrix are whose: first and number of each, behind the first `outputs`. */
const besideConstants = (outputs: number, beside: readonly Destination[]): Step["constants"] => {
  const firsts = beside.map((_, i) => beside.slice(0, i).reduce((sum, each) => sum + each.outputs, outputs));
  return Object.fromEntries(
    beside.flatMap((each, i) => [
      [`FIRST${i}`, firsts[i] ?? 0],
      [`WIDTH${i}`, each.outputs],
    ]),
  );
};

/** The step of a projection, by tiles that suit its rows and the device unless given. */
export const projectStep = (making: Making, stage: StageName, projection: Projection, tiles?: Tiles): Step => {
  const { from, to, weight, gate, inputs, adds = false, finish = "plain", grouped, beside = [] } = projection;
  const rows = grouped?.rows ?? projection.rows ?? making.rows;
  const outputs = [projection, ...beside].reduce((sum, each) => sum + each.outputs, 0);
  const product = { inputs, outputs, rows, gated: gate !== undefined };
  const chosen = tiles ?? projectionTiles(making, product)[0];
  const kind = kindOf(chosen, product);
  // All sizes of a group and of a tile are powers of two, up to the group's own.
  const down = Math.ceil(rows / tileSize(chosen, "rows"));
  const bindings = [from, weight, to, ...(gate === undefined ? [] : [gate]), ...(grouped ? ["groups"] : []), ...beside.map((each) => each.to)];
  return staged(
    stage,
    stepOf({
      label: `project ${[projection, ...beside].map((each) => each.to).join(", ")}`,
      ...storing(
        [
          projected,
          kind.source,
          finishedBy("", finish),
          writtenTo("", projection),
          ...beside.flatMap((each, i) => [finishedBy(String(i), each.finish), writtenTo(String(i), each)]),
        ].join("\n"),
        {
          Stored: making.dtype,
        },
      ),
      subgroups: kind.subgroups ?? false,
      constants: {
        IN_QUADS: inputs / 4,
        OUT: outputs,
        WIDTH: projection.outputs,
        BESIDE: beside.length,
        ...(beside.length > 0 ? { BESIDE_AT: bindings.length - beside.length } : {}),
        ...besideConstants(projection.outputs, beside),
        GATED: gate !== undefined,
        ADDS: adds,
        GROUPED: grouped !== undefined,
        ...(grouped ? { SHARING: grouped.sharing, GROUP: grouped.rows, GROUPS_AT: bindings.indexOf("groups") } : {}),
        ...kind.constants,
      },
      bindings,
      // Of a long prompt's groups there may be more than one dimension has.
      workgroups: [Math.ceil(outputs / kind.outputs), ...(grouped ? overTwo(grouped.groups * down, making.most) : ([down, 1] as const))],
    }),
  );
};
