import { fakeWorkers } from "../measure/fakeWorker.ts";
import { fakeRun } from "../testExperiment.ts";

/** A whole run on a fake device, in a process of its own that may be killed: `node fakeRunProcess.js OUT [--resume]`. */
const yaml = `
name: kills
title: Struck down
phase: decode
mechanisms: [softmax, linear]
axes: { n: [64, 256, 1024, 4096] }
fixed: { heads: 8, headDim: 64 }
measure: { precision: 5%, maxTime: 2s, seed: 3, refine: { crossover: 20% } }
`;
const [outFolder = "", flag] = process.argv.slice(2);
const costMs = ({ mechanism, n }: { mechanism: string; n: number }): number => (mechanism === "softmax" ? 0.1 + 0.001 * n : 0.9);
await fakeRun(yaml, fakeWorkers({ costMs, noise: { sample: 0.05, turn: 0.02, worker: 0.02 } }), { outFolder, report: true, resume: flag === "--resume" });
