// Chooses the ACTIVE experts of the largest router scores of each row, and their weights: a softmax over the chosen (Shazeer et al. 2017, arXiv 1701.06538), or where SIGMOID the sigmoids of
// their scores over the sum of these (DeepSeek-V3, arXiv 2412.19437, eq. 12 to 15, whose bias of scores is 0 here); and SCALE times as much.
// LOGGED: the choice of each place of a text is kept, and where a place goes through again and chooses otherwise, that it did.
@group(0) @binding(0) var<storage, read> scores: array<f32>; // [row, EXPERTS]
@group(0) @binding(1) var<storage, read_write> chosen: array<u32>; // [row, ACTIVE]
@group(0) @binding(2) var<storage, read_write> shares: array<f32>; // [row, ACTIVE]
#if LOGGED
@group(0) @binding(3) var<storage, read_write> routes: array<u32>; // [place, ACTIVE]
@group(0) @binding(4) var<storage, read> position: array<u32>; // of the newest token; COUNTED: its row is the only one
#end

const FAR_BELOW = -3.0e38;

var<workgroup> best: array<f32, THREADS>;
var<workgroup> places: array<u32, THREADS>;
var<workgroup> taken: array<u32, ACTIVE>;
var<workgroup> tops: array<f32, ACTIVE>;

// Of a chosen expert, `top` being the largest score, times whatever is the same for all of them. No exponential overflows, and the largest is never 0.
fn amount(score: f32, top: f32) -> f32 {
#if SIGMOID
  return exp(min(score, 0.0) - min(top, 0.0)) / (1.0 + exp(-abs(score)));
#else
  return exp(score - top);
#end
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let row = workgroup.x;
  for (var slot = 0u; slot < ACTIVE; slot++) {
    var top = FAR_BELOW;
    var place = u32(EXPERTS);
    for (var expert = thread; expert < EXPERTS; expert += THREADS) {
      var isFree = true;
      for (var before = 0u; before < slot; before++) { isFree = isFree && taken[before] != expert; }
      let score = scores[row * EXPERTS + expert];
      // The first of equal scores, as threads go up.
      if (isFree && score > top) { top = score; place = expert; }
    }
    best[thread] = top;
    places[thread] = place;
    workgroupBarrier();
    for (var left = u32(THREADS); left > 1u; left = (left + 1u) / 2u) {
      let kept = (left + 1u) / 2u;
      if (thread + kept < left) {
        let isBetter = best[thread + kept] > best[thread] || (best[thread + kept] == best[thread] && places[thread + kept] < places[thread]);
        if (isBetter) {
          best[thread] = best[thread + kept];
          places[thread] = places[thread + kept];
        }
      }
      workgroupBarrier();
    }
    if (thread == 0u) {
      taken[slot] = places[0];
      tops[slot] = best[0];
    }
    workgroupBarrier();
  }
  var sum = 0.0;
  for (var slot = 0u; slot < ACTIVE; slot++) { sum += amount(tops[slot], tops[0]); }
  for (var slot = thread; slot < ACTIVE; slot += THREADS) {
    chosen[row * ACTIVE + slot] = taken[slot];
    shares[row * ACTIVE + slot] = SCALE * amount(tops[slot], tops[0]) / sum;
  }
#if LOGGED
#if COUNTED
  let place = position[0];
#else
  let place = row;
#end
  // Places behind the newest hold no token yet.
  let isThere = place <= position[0];
  var isOther = false;
  for (var slot = thread; slot < ACTIVE && isThere; slot += THREADS) {
    // In any order.
    var isKnown = routes[place * ACTIVE + slot] == UNWRITTEN;
    for (var before = 0u; before < ACTIVE; before++) { isKnown = isKnown || routes[place * ACTIVE + before] == taken[slot]; }
    isOther = isOther || !isKnown;
  }
  storageBarrier();
  for (var slot = thread; slot < ACTIVE && isThere; slot += THREADS) {
    let at = place * ACTIVE + slot;
    if (routes[at] == UNWRITTEN) { routes[at] = taken[slot]; }
    if (isOther) { routes[at] = CHANGED; }
  }
#end
}
