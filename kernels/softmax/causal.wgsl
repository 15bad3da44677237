// Which keys a row sees: its own and all before it.
fn isHidden(key: u32, row: u32) -> bool { return key > row; }

// The first key from `key` on that row0 or a later row sees.
fn seenFrom(key: u32, row0: u32) -> u32 { return key; }

// Where the keys end that rows from row0 to keyEnd - 1 see before `end`.
fn seenUntil(end: u32, row0: u32, keyEnd: u32) -> u32 { return keyEnd; }
