/**
 * For tests: the adapter that every machine of this kind has (the embedded one on x64 Linux, else whatever auto finds), or the one named in
 * ATTNBENCH_TEST_ADAPTER. Tests that need a device never skip: without one they fail.
 */
export const testAdapter = process.env.ATTNBENCH_TEST_ADAPTER ?? (process.platform === "linux" && process.arch === "x64" ? "embedded" : "auto");
