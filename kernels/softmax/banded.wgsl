// Which keys a row sees: the newest WINDOW, its own among them, and the first SINKS (StreamingLLM, arXiv 2309.17453).
// | and & and not || and &&: these are branches, one for each score of an unrolled tile, and SwiftShader compiles those for minutes.
fn isHidden(key: u32, row: u32) -> bool { return (key > row) | ((key + WINDOW <= row) & (key >= SINKS)); }

fn bandStart(row0: u32) -> u32 { return max(row0 + 1u, WINDOW) - WINDOW; }

// The first key from `key` on that row0 or a later row sees.
fn seenFrom(key: u32, row0: u32) -> u32 { return select(key, max(key, bandStart(row0)), key >= SINKS); }

// Where the keys end that rows from row0 to keyEnd - 1 see before `end`: at the sinks, if the band begins behind it.
fn seenUntil(end: u32, row0: u32, keyEnd: u32) -> u32 { return select(keyEnd, min(keyEnd, SINKS), bandStart(row0) >= end); }
