import { analysedAnew } from "../../analysedAnew.ts";
import type { Language } from "../../messages/languages.ts";
import { messagesOf } from "../../messages/messages.ts";
import { readRun, UnreadableRun } from "../../record/runFolder.ts";
import { pageName } from "../../report/pageName.ts";
import { phasesBeside, writeReports } from "../../writeReports.ts";
import { CommandEnd, type ExitCode, exitCode } from "../exit.ts";
import { plainLine } from "../plainText.ts";
import { print, printJson, say } from "../terminal.ts";

/** `attnbench report RUN…`: reads run records alone, so it needs no GPU; analysis is done anew, so an old run gains from a newer attnbench. */
export const report = async (runs: readonly string[], options: { format: "html" | "md"; lang: Language; out: string; json?: true }): Promise<ExitCode> => {
  const records = runs.map((path) => {
    try {
      return analysedAnew(readRun(path).record, messagesOf(options.lang));
    } catch (error) {
      if (error instanceof UnreadableRun) throw new CommandEnd(exitCode.usage, plainLine(error.message, 2000));
      throw error;
    }
  });
  if (options.format === "md") {
    const { renderMarkdown } = await import("../../report/markdown.ts");
    const texts = records.map((record) => renderMarkdown(record, options.lang, phasesBeside(record, records)));
    if (options.json) printJson({ reports: texts });
    else print(texts.join("\n\n"));
    return exitCode.ok;
  }
  const files: string[] = [];
  for (const record of records) {
    const { file, newerRun } = await writeReports(options.out, record, options.lang, records);
    files.push(file);
    say(`wrote ${file}${newerRun === undefined ? "" : `; ${pageName(record.experiment.name, options.lang)} is of the newest run, ${newerRun}`}`);
  }
  if (options.json) printJson({ reports: files });
  return exitCode.ok;
};
