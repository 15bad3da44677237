import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { type RunRecord, schemaVersion } from "./record/run.ts";
import { flawOfRun } from "./record/runSchema.ts";

/** Far more than a page's record ever is: a file comes from anywhere, and what is packed in it may be larger than memory. */
const mostBytes = 256 * 2 ** 20;

/** The record that a page carries (carriedRecord.ts); undefined where the file is no page of a run that this attnbench reads. Throws nothing. */
export const recordOfPage = (file: string): RunRecord | undefined => {
  try {
    const [, text = ""] = /<script type="text\/plain" id="results"[^>]*>([^<]*)</.exec(readFileSync(file, "utf8")) ?? [];
    const parsed: unknown = JSON.parse(inflateSync(Buffer.from(text, "base64"), { maxOutputLength: mostBytes }).toString());
    const isOurs = typeof parsed === "object" && parsed !== null && "schemaVersion" in parsed && parsed.schemaVersion === schemaVersion;
    return isOurs && flawOfRun(parsed) === undefined ? (parsed as RunRecord) : undefined;
  } catch {
    return undefined;
  }
};
