// What the recurrent kernels bind. Values and the state are read one by one (Value f32, StoredValue its type in memory), or four neighbours at a time.
@group(0) @binding(0) var<storage, read> q: array<StoredQuad>; // [batch, token or stream, head, key / 4]
@group(0) @binding(1) var<storage, read> k: array<StoredQuad>; // [batch, token or stream, head, key / 4]
@group(0) @binding(2) var<storage, read> v: array<StoredValue>; // [batch, token or stream, head, value]
@group(0) @binding(3) var<storage, read_write> o: array<StoredValue>; // [batch, token, head, value]
@group(0) @binding(4) var<storage, read_write> state: array<Value>; // [batch, head, key, value]
#if NORMALIZED
@group(0) @binding(5) var<storage, read_write> z: array<vec4f>; // [batch, head, key / 4]
#end
#if DECAYS
#if PER_CHANNEL
@group(0) @binding(G_BINDING) var<storage, read> g: array<vec4f>; // log decay [batch, token or stream, head, key / 4]
#else
#if PER_HEAD
@group(0) @binding(G_BINDING) var<storage, read> g: array<vec2f>; // decay and its log [head]
#else
@group(0) @binding(G_BINDING) var<storage, read> g: array<f32>; // log decay [batch, token or stream, head]
#end
#end
#end
#if DELTA
@group(0) @binding(BETA_BINDING) var<storage, read> beta: array<f32>; // [batch, token or stream, head]
#end
#if CONTINUED
@group(0) @binding(INITIAL_BINDING) var<storage, read> initialState: array<f32>; // [batch, head, key, value]
#if NORMALIZED
@group(0) @binding(INITIAL_BINDING + 1) var<storage, read> initialZ: array<vec4f>; // [batch, head, key / 4]
#end
#end
#if PARTED
@group(0) @binding(POSITION_BINDING) var<storage, read> position: array<u32>; // tokens before this part [batch, head]
#if NORMALIZED
@group(0) @binding(POSITION_BINDING + 1) var<storage, read> zBefore: array<vec4f>; // [batch, head, key / 4]
#end
#end
#if COUNTED
// Every thread counts for itself, so that no word is written in a dispatch that another thread reads.
@group(0) @binding(POSITION_BINDING) var<storage, read_write> position: array<u32>; // [batch, head, thread]
#end
