import { mostShards, type Shard } from "../record/merged.ts";
import { CommandEnd, exitCode } from "./exit.ts";

/** Environment variables that job arrays set for their tasks. */
export type JobVariables = Readonly<Record<string, string | undefined>>;

const accepted = `accepted: i/k with 1 ≤ i ≤ k ≤ ${mostShards}, or auto or auto/k in a Slurm array, auto/k in an indexed Kubernetes job`;

/** `--shard i/k`, or the place of this task in the job array that it runs in. Ends the command with 2 where it is neither. */
export const shardOf = (flag: string, variables: JobVariables): Pick<Shard, "index" | "of"> => {
  const refuse = (why: string): never => {
    throw new CommandEnd(exitCode.usage, `--shard ${flag}: ${why}; ${accepted}`);
  };
  const [, name = "", count] = /^(auto|\d+)(?:\/(\d+))?$/.exec(flag.trim()) ?? [];
  if (name === "" || (name !== "auto" && count === undefined)) return refuse(flag.trim() === "" ? "it is empty" : "this names no shard");
  const of = count === undefined ? undefined : Number(count);
  if (of !== undefined && (of < 1 || of > mostShards)) return refuse(`there cannot be ${count} shards`);
  const shard = name === "auto" ? taskOf(of, variables, refuse) : { index: Number(name), of: of ?? 0 };
  if (shard.index < 1 || shard.index > shard.of) return refuse(`there is no shard ${shard.index} of ${shard.of}`);
  return shard;
};

type Refuse = (why: string) => never;

const taskOf = (of: number | undefined, variables: JobVariables, refuse: Refuse): Pick<Shard, "index" | "of"> => {
  const [slurm, kubernetes] = [variables.SLURM_ARRAY_TASK_ID, variables.JOB_COMPLETION_INDEX];
  if (slurm !== undefined && kubernetes !== undefined) return refuse("both SLURM_ARRAY_TASK_ID and JOB_COMPLETION_INDEX are set");
  if (slurm !== undefined) return slurmTask(of, variables, refuse);
  if (kubernetes === undefined) return refuse("neither SLURM_ARRAY_TASK_ID (Slurm) nor JOB_COMPLETION_INDEX (Kubernetes) is set here");
  const index = wholeNumber("JOB_COMPLETION_INDEX", variables, refuse);
  // Kubernetes tells a pod its index, and not how many there are.
  if (of === undefined) return refuse("Kubernetes does not say how many pods there are: auto/k, with k the job's completions");
  if (index >= of) return refuse(`JOB_COMPLETION_INDEX is ${index}, and counts from 0 to ${of - 1} in a job of ${of} completions`);
  return { index: index + 1, of };
};

/** Ids of a Slurm array are where it begins, a step, and how many there are: --array=0-7, 1-8, 0-30:10. */
const slurmTask = (of: number | undefined, variables: JobVariables, refuse: Refuse): Pick<Shard, "index" | "of"> => {
  const [id, first, count] = ["SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_COUNT"].map((name) => wholeNumber(name, variables, refuse)) as [
    number,
    number,
    number,
  ];
  const step = variables.SLURM_ARRAY_TASK_STEP === undefined ? 1 : wholeNumber("SLURM_ARRAY_TASK_STEP", variables, refuse);
  const last = variables.SLURM_ARRAY_TASK_MAX === undefined ? undefined : wholeNumber("SLURM_ARRAY_TASK_MAX", variables, refuse);
  if (count < 1 || count > mostShards) return refuse(`SLURM_ARRAY_TASK_COUNT is ${count}`);
  const place = (id - first) / step;
  // Of an array of chosen ids (3,7) nobody knows which shards they were meant to be.
  if (!Number.isInteger(place) || place < 0 || place >= count || (last !== undefined && last !== first + (count - 1) * step))
    return refuse(
      `SLURM_ARRAY_TASK_ID is ${id}, in an array of ${count} that begins at ${first}${last === undefined ? "" : ` and ends at ${last}`} in steps of ${step}: without gaps, e.g. --array=1-${count}, or i/k`,
    );
  if (of !== undefined && of !== count) return refuse(`this Slurm array has ${count} tasks, not ${of}: name the shard itself`);
  return { index: place + 1, of: count };
};

const wholeNumber = (name: string, variables: JobVariables, refuse: Refuse): number => {
  const text = variables[name];
  if (text === undefined) return refuse(`${name} is not set here`);
  return /^\d{1,9}$/.test(text) ? Number(text) : refuse(`${name} is '${text}', not a whole number`);
};
