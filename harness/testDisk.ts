import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/**
 * For tests: what their own process writes need not outlive a power cut, and waits for no disk. A run on a fake device has thousands of visits, each a line of its journal that is waited for, which took
 * longer than all else of it. Commands that tests start wait as ever.
 */
fs.fsyncSync = () => {};
syncBuiltinESMExports();
