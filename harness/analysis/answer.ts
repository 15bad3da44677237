import { en } from "../messages/en.ts";
import type { Messages } from "../messages/messages.ts";
import type { Finding } from "../record/derived.ts";
import type { RunRecord } from "../record/run.ts";
import { askedCrossovers, askedFits } from "./asked.ts";
import { claimCount } from "./claims/claimCount.ts";
import { crossoverSentences } from "./crossoverSentences.ts";
import { expectationsOf } from "./expectation.ts";
import { growthSentences } from "./growthSentences.ts";
import { headlineOf } from "./headline.ts";
import { memorySentences } from "./memorySentences.ts";
import { mixerSentences } from "./mixerSentences.ts";
import { breakEvenSentence } from "./offloadSentences.ts";
import { outcomeSentences } from "./outcomeSentences.ts";
import { peerSentences } from "./peerSentences.ts";
import { servingSentences } from "./servingSentences.ts";
import { shareSentences } from "./shareSentences.ts";
import { sizeSentences } from "./sizeSentences.ts";
import { stageSentences } from "./stageSentences.ts";
import { textSentences } from "./textSentences.ts";
import { timeSentences } from "./timeSentences.ts";
import { tuningSentences } from "./tuningSentences.ts";
import { warningsOf } from "./warnings.ts";

/** A record whose summaries, fits and crossovers are computed. */
export type Analysed = Omit<RunRecord, "findings">;

/**
 * The answer of a run, sentence by sentence: what went wrong, how many of the claims hold that the experiment asks for, the answer in plain words, how ours stand beside a peer, how many texts are served at once and from where on a state is worth bringing back and what was written and what part of a token attention takes where the experiment asks that, what carries over to
 * other devices (growth and bytes), then n* and whether arms are equal, what is open, which variants were chosen, and what to beware of. Where no law is known at all, that comes first. Of laws and n* that
 * the experiment has too few n to ask for, nothing is said: of such arms times are told. In the language of `t`, as notes of a record are that was analysed in it; reasons of a device stay as they are.
 */
export const findingsOf = (record: Analysed, t: Messages = en): readonly Finding[] => {
  const asked = { ...record, fits: askedFits(record), crossovers: askedCrossovers(record) };
  const growth = growthSentences(asked, t);
  // Of a state that is moved the crossing is what is asked, and not how its time grows.
  const moved = record.experiment.phase === "offload" ? [breakEvenSentence(record, t)].filter((text) => text !== "") : [];
  const times = findings("time", timeSentences(record, t));
  const [first, later] = growth.known.length > 0 ? [growth.known, growth.open] : [growth.open, []];
  return [
    ...findings("outcome", outcomeSentences(record, t)),
    ...findings(
      "headline",
      [claimCount([record], true, t), ...headlineOf(asked, t)].filter((text) => text !== undefined),
    ),
    ...findings("peerRatio", peerSentences(record, t)),
    ...findings("memory", servingSentences(record, t)),
    ...findings("crossover", moved),
    ...findings("text", textSentences(record, t)),
    ...findings("time", stageSentences(record, t)),
    ...(asked.fits.length === 0 ? times : []),
    ...findings("growth", first),
    ...findings("growth", sizeSentences(record, t)),
    ...findings("memory", memorySentences(record, t)),
    ...findings("crossover", [
      ...crossoverSentences(asked, "stateBytes", t),
      ...(moved.length > 0 ? [] : crossoverSentences(asked, "time", t)),
      ...mixerSentences(asked, t),
      ...shareSentences(record, t),
    ]),
    ...(asked.fits.length > 0 ? times : []),
    ...findings("growth", later),
    ...findings("tuning", tuningSentences(record, t)),
    ...expectationsOf(record, t),
    ...findings("warning", warningsOf(record, t)),
  ];
};

const findings = (kind: Finding["kind"], texts: readonly string[]): readonly Finding[] => texts.map((text) => ({ kind, text }));

/** "softmax (split)", or the label alone where it names the form. */
export const armName = ({ label, form }: { readonly label: string; readonly form: string }): string => (label.includes(form) ? label : `${label} (${form})`);
