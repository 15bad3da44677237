// Values one by one; and where keys and queries of a token are staged when they are not broadcast.
alias Value = f32;
alias StoredValue = Stored;
#if !BROADCAST
var<workgroup> keys: array<vec4f, PARTS * PART_QUADS>;
var<workgroup> queries: array<vec4f, PARTS * PART_QUADS>;
#if PER_CHANNEL
var<workgroup> decays: array<vec4f, PARTS * PART_QUADS>;
#end
#end
