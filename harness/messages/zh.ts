import type { StageName } from "../../kernels/model/stageNames.ts";
import { aboveCeiling, type CeilingShare } from "../analysis/ceilingShare.ts";
import { bracketed, formatBytes, formatCount, formatMs, formatNumber, formatShare, formatTimes } from "../analysis/format.ts";
import { inverseRatio } from "../analysis/inverseRatio.ts";
import type { CrossingNote, GrowthNote, GrowthReason } from "../analysis/notes.ts";
import type { ExperimentPhase } from "../experiment/phases.ts";
import type { CellMetric, Comparison, Verdict } from "../record/comparison.ts";
import type { Crossover, Estimate } from "../record/derived.ts";
import type { DuetSide } from "../record/run.ts";
import type {
  Crossed,
  Crossing,
  DifferenceOf,
  Factor,
  FasterAt,
  Fate,
  Fated,
  Forms,
  GapStatus,
  Held,
  Kept,
  KeptOf,
  LayerHeads,
  ModelBeside,
  Obstacle,
  Place,
  ServedAlone,
  ShapeOrder,
  Sides,
  SizeBeside,
  Span,
  Speed,
  TallyNumbers,
} from "./en.ts";
import type { Messages } from "./messages.ts";
import { spaced } from "./spacing.ts";

type ByPhase = Readonly<Record<ExperimentPhase, string>>;

/** "a、b 和 c" */
const joined = (items: readonly string[], last: string): string => {
  const [head, tail] = [items.slice(0, -1), items.at(-1) ?? ""];
  return head.length === 0 ? tail : spaced`${head.join("、")}${last}${tail}`;
};
const list = (items: readonly string[]): string => joined(items, "和");
const choice = (items: readonly string[]): string => joined(items, "或");
const to = ([least, most]: Span): string => (least === most ? least : spaced`${least}至${most}`);
const interval = (low: string, high: string): string => spaced`95 % 置信区间${low}至${high}`;
const estimate = ({ value, low, high }: Estimate, write: (value: number) => string = formatCount): string =>
  `${write(value)}（${interval(write(low), write(high))}）`;
/** What is kept, by the name that measurements give it. */
const stateNames: Readonly<Record<string, string>> = {
  "KV cache": "KV 缓存",
  "recurrent state": "递归状态",
  "recurrent state with KV cache": "递归状态与 KV 缓存",
};
const twoDigits = (value: number): string => value.toFixed(2);
const counts = (values: readonly number[]): string => values.map(formatCount).join("、");
const onEmulation = (emulated: boolean): string => (emulated ? "在此 CPU 模拟上，" : "");
const shapesText = (shapes: readonly string[]): string => (shapes.length > 0 ? `（${shapes.join("、")}）` : "");
const shapeText = (shape: string): string => (shape === "" ? "" : `（${shape}）`);

const whyWords: Readonly<Record<string, string>> = {
  timeCap: "到达时间上限而停止",
  memoryCap: "到达内存上限而停止",
  overLimit: "超出设备的限制",
  noFeature: "此处不支持",
  badShape: "内核不支持这种形状",
  compileError: "内核编译失败",
  wrongOutput: "输出有误",
  ledgerMismatch: "占用的内存与计算的不符",
  deviceLost: "设备丢失",
  timeout: "超时未答",
  outOfMemory: "内存不足",
  belowResolution: "太短，时钟分辨不出",
  timerError: "时钟出错",
  diskFull: "磁盘已满",
  shortFile: "文件不完整",
  diskError: "磁盘出错",
  workerError: "测量程序中途出错",
};

const whyOf = (code: string): string => whyWords[code] ?? code;

const tally = (cells: TallyNumbers): string =>
  [
    cells.ok === 0 ? spaced`${formatCount(cells.all)}个单元均未测得` : spaced`${formatCount(cells.all)}个单元中测得${formatCount(cells.ok)}个`,
    ...(cells.failed > 0 ? [spaced`${formatCount(cells.failed)}个失败`] : []),
    ...(cells.skipped > 0 ? [spaced`${formatCount(cells.skipped)}个跳过`] : []),
    ...(cells.censored > 0 ? [spaced`${formatCount(cells.censored)}个截断`] : []),
    ...(cells.pending > 0 ? [spaced`${formatCount(cells.pending)}个未轮到`] : []),
    ...(cells.composed > 0 ? [spaced`${formatCount(cells.composed)}个为组合所得`] : []),
  ].join("，");

const phase: ByPhase = {
  prefill: "读入提示词（prefill）",
  decode: "生成下一个 token（decode）",
  generate: "写出文本（generate）",
  tokenLoop: "一个 token 走完整个模型（tokenLoop）",
  offload: "状态离开 GPU 又回来（offload）",
};

const gapWords: Readonly<Record<GapStatus, string>> = {
  censored: "因时间或内存限制而停止",
  failed: "失败",
  skipped: "此设备容纳不下",
  pending: "未轮到",
};

const atEdge = (statuses: readonly GapStatus[]): string => {
  const marks = { censored: "三角", failed: "叉", skipped: "圆圈", pending: "圆圈" } satisfies Record<GapStatus, string>;
  return `上边缘的空心标记是没有数值的单元：${statuses.map((status) => `${marks[status]}：${gapWords[status]}`).join("，")}。`;
};

const repetition: ByPhase = {
  prefill: "读入 n 个 token 的提示词（预填充）",
  decode: "生成下一个 token（解码）",
  generate: "写出 n 个 token 的文本（生成）",
  tokenLoop: "一个 token 走完整个模型",
  offload: "把状态搬回 GPU",
};

const meaningOfN: ByPhase = {
  prefill: "一次读入的 token 数",
  decode: "此前的 token 数",
  generate: "写出的 token 数",
  tokenLoop: "此前的 token 数",
  offload: "状态所含的 token 数",
};

const growthSubjects: ByPhase = {
  prefill: "读入 n 个 token 的提示词（预填充）的时间",
  decode: "n 个 token 之后生成下一个 token（解码）的时间",
  generate: "写出 n 个 token 的文本（生成）的时间",
  tokenLoop: "前面已有 n 个 token 时，一个 token 走完整个模型的时间",
  offload: "n 个 token 的状态搬回 GPU 的时间",
};

const timeSubjects: Readonly<Record<ExperimentPhase, (n: string) => string>> = {
  prefill: (n) => spaced`读入 n = ${n}个 token 的提示词`,
  decode: (n) => spaced`n = ${n}个 token 之后生成下一个 token`,
  generate: (n) => spaced`写出 n = ${n}个 token 的文本`,
  tokenLoop: (n) => spaced`前面已有 n = ${n}个 token 时，一个 token 走完整个模型`,
  offload: (n) => spaced`n = ${n}个 token 的状态搬回 GPU`,
};

const power = (range: Estimate): string => estimate(range, twoDigits);
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;

const growthReason = (reason: GrowthReason): string => {
  switch (reason.kind) {
    case "tooFew":
      return "取值太少";
    case "falls":
      return "数值整体下降，任何增长规律都不会如此";
    case "power":
      return spaced`数值按幂次${power(reason.power)}增长，不属于任何一种规律`;
    case "powerToo":
      return spaced`幂次${power(reason.power)}与${reason.law}拟合得同样好`;
    case "steps":
      return spaced`这些点偏离每一种规律达${percent(reason.off)}，超出其噪声：${growthReason(reason.reason)}`;
    case "misfit":
      return spaced`没有规律能拟合这些点：最接近的${reason.law}也偏离${percent(reason.off)}`;
    case "neitherFlat":
      return spaced`整个范围内增长${twoDigits(reason.low)}至${twoDigits(reason.high)}倍，既不能算不变，也不能算明显增长`;
    case "otherLaw":
      return spaced`最接近的是${reason.law}，不在此处加以区分的规律之列`;
    case "rivals":
      return spaced`此范围不足以区分${list(reason.laws)}`;
    case "unsettled":
      return spaced`样本未能确定一种规律：${reason.law}只在${percent(reason.share)}的重抽样中最接近`;
    case "laterSquare":
      return "最接近 O(n)，但不能排除更长时由二次项主导";
    case "oneSize":
      return "在此范围内线性项与二次项大小相当";
    case "fasterThanSquare":
      return "各规律中最接近 O(n²)，但末端增长更快";
    case "logOrMixture":
      return "O(n log n) 与 O(n)、O(n²) 的混合拟合得同样好";
    case "barelyRisen":
      return spaced`只有最大的${reason.risen}个取值显出增长`;
    case "nowhereSteep":
      return spaced`最接近${reason.law}，但长度增至${reason.times}倍时，增幅处处不超过直线`;
    case "levelsOff":
      return "趋于平缓的增长与 O(log n) 拟合得同样好";
    case "noLaw":
      return "没有拟合出任何规律";
    default:
      return reason satisfies never;
  }
};

const growthNote = (note: GrowthNote): string => {
  switch (note.kind) {
    case "from":
      return spaced`自${note.variable} = ${formatCount(note.x)}起`;
    case "short": {
      const measured =
        note.values > 1
          ? spaced`此处测了${note.values}个，从${formatCount(note.first)}到${formatCount(note.last)}`
          : note.values === 1
            ? spaced`此处只测了${formatCount(note.first)}`
            : "此处一个也没有测得";
      return spaced`判定增长规律至少需要${note.variable}的${note.least}个取值，且跨度不小于${note.span}倍；${measured}`;
    }
    case "doubt":
      return growthReason(note.reason);
    case "advised":
      return `${growthReason(note.reason)}；${note.upTo === undefined ? "更多样本可收窄区间" : spaced`请测到${note.variable} = ${formatCount(note.upTo)}`}`;
    case "constantFrom":
      return spaced`自${formatCount(note.x)}起不变`;
    case "fewBytes":
      return spaced`字节数是精确的，但${note.values}个取值显不出规律：请测三个以上`;
    case "oddBytes":
      return "在测得的取值上，字节数既非常数，也非直线或抛物线";
    default:
      return note satisfies never;
  }
};

const crossingNote = (note: CrossingNote): string => {
  switch (note.kind) {
    case "shareNone":
      return spaced`两者没有共同的${note.x}`;
    case "shareOne":
      return spaced`两者只有${note.x} = ${formatCount(note.at)}是共同的`;
    case "neitherBelow":
      return spaced`在任何${note.x}上都分不出谁更低`;
    case "changes":
      return spaced`谁更低前后变化${note.turns}次，在${note.x} = ${counts(note.crossings)}附近`;
    case "otherWay":
      return spaced`次序相反：${note.lower ?? "线性一方"}在${note.x} = ${formatCount(note.at)}之前更低，之后更高`;
    case "unsettled":
      return spaced`在测得的各${note.x}之间，两条曲线交于何处定不下来`;
    case "tooClose":
      return spaced`在${note.x} = ${counts(note.at)}处两者过于接近`;
    case "openEnd": {
      const advice =
        note.beyond === undefined ? spaced`请测小于${note.x} = ${formatCount(note.below)}` : spaced`请测大于${note.x} = ${formatCount(note.beyond)}`;
      return spaced`在${note.x} = ${counts(note.at)}处两者过于接近，分不出谁更低：${advice}的情形，或增加样本`;
    }
    case "shareFewer":
      return "双方共同的 n 不足两个";
    case "smallerUpTo":
      return spaced`线性一方在 n = ${formatCount(note.at)}之前更小，之后更大`;
    default:
      return note satisfies never;
  }
};

const fateWords: Readonly<Record<Fate, string>> = {
  holds: "条成立",
  holdsWithCorrection: "条经修正后成立",
  doesNotHoldHere: "条在此不成立",
  undecided: "条未定",
  differs: "条在两次运行中判定不同",
  notJudged: "条未作判定",
};

const fated = ({ fate, count }: Fated): string => spaced`${count}${fateWords[fate]}`;

const doing: Readonly<Partial<ByPhase>> = {
  prefill: "读入提示词",
  decode: "生成下一个 token",
  generate: "写完一整段文本",
  tokenLoop: "让一个 token 走完整个模型",
  offload: "把离开 GPU 的状态放回去",
};

const factor = (times: Factor): string => (times === undefined ? "用时不变" : spaced`用时变为${to(times)}倍`);
const aloneText = ({ n, arm, than, times }: ServedAlone): string => {
  const text = spaced`只有一个长${formatCount(n)}个 token 的文本时`;
  if (times.low > 1) return spaced`${text}，用${arm}的速度是用${than}的${formatTimes(times.value)}倍`;
  if (times.high < 1) return spaced`${text}，用${than}的速度是用${arm}的${formatTimes(1 / times.value)}倍`;
  return spaced`${text}，用哪个都差不多快`;
};

const timesIn = (what: string, { value, low, high }: Estimate, write: (value: number) => string = formatTimes): string =>
  `${what}为 ${write(value)} 倍 [${write(low)}, ${write(high)}]`;

const timesSpan = (least: number, most: number): string => to([formatTimes(least), formatTimes(most)]);

const sidesText = ({ below, above }: Sides): string =>
  spaced`少${formatShare(below)}，也可能${above > 1 ? spaced`是其${formatTimes(1 + above)}倍` : spaced`多${formatShare(above)}`}`;

const aboutTokens = (tokens: number): string => spaced`约${formatCount(Math.max(1, Math.round(tokens)))}个 token`;

/** More shapes than these are not named one by one. */
const mostNamed = 3;

const isAhead = ({ faster }: FasterAt): boolean => faster === "from" || faster === "latest" || faster === "always";

const namedPlaces = (shapes: readonly FasterAt[], known = false): string =>
  list(shapes.map(({ place, value }, i) => ((known || i > 0) && value !== undefined ? value : place)));

const measuredOf = (shapes: readonly FasterAt[]): string => {
  const ns = shapes.flatMap(({ measured }) => measured);
  return spaced`${to([formatCount(Math.min(...ns)), formatCount(Math.max(...ns))])}个 token`;
};

/** From where on, over shapes that are alike in that the second arm is ahead in the end, or never, or that nobody knows. */
const fasterOver = (shapes: readonly FasterAt[], noun = true): string => {
  const [first] = shapes;
  if (!first) return "";
  if (shapes.every(isAhead)) {
    if (shapes.every(({ faster }) => faster === "always")) return spaced`在测得的所有长度上（${measuredOf(shapes)}）都更快`;
    const [least = first, most = first] = [shapes.toSorted((one, other) => one.n - other.n)[0], shapes.toSorted((one, other) => other.n - one.n)[0]];
    const write = ({ n, faster }: FasterAt): string => `${formatCount(n)}${faster === "from" ? "" : "（或更少）"}`;
    const tokens = noun ? "个 token " : "个";
    if (least.n === most.n) return spaced`${shapes.some(({ faster }) => faster !== "from") ? "最迟" : ""}从${formatCount(least.n)}${tokens}起`;
    return spaced`从${write(least)}至${write(most)}${tokens}起`;
  }
  if (shapes.every(({ faster }) => faster === "never")) return spaced`在测得的所有长度上（${measuredOf(shapes)}）都不更快`;
  return shapes.every(({ faster }) => faster === "changes") ? "随长度增长而反复易位" : "尚未定论";
};

/** Shapes one by one where these are few, else what holds for how many of them. */
const fasterByShape = (shapes: readonly FasterAt[], all = shapes.length): string => {
  if (shapes.length <= mostNamed)
    return shapes
      .map(
        (shape, i) =>
          spaced`${namedPlaces([shape], i > 0)}时${fasterOver(
            [shape],
            shapes.slice(0, i).every(({ faster }) => faster === "changes" || faster === "open"),
          )}`,
      )
      .join("，");
  const groups = [shapes.filter(isAhead), ...(["never", "changes", "open"] as const).map((kind) => shapes.filter(({ faster }) => faster === kind))];
  return groups
    .filter((group) => group.length > 0)
    .map((group) => {
      if (group.length === all) return fasterOver(group);
      return spaced`${group.length <= mostNamed ? spaced`${namedPlaces(group)}时` : spaced`${all}种形状中有${group.length}种`}${fasterOver(group)}`;
    })
    .join("，");
};

/** Of all shapes in a few words. */
const programText = (shapes: readonly FasterAt[]): string => {
  const alike = shapes.every(isAhead) || new Set(shapes.map(({ faster }) => faster)).size === 1;
  return alike ? fasterOver(shapes) : fasterByShape(shapes);
};

const belowText = (shortest: Speed | undefined): string =>
  shortest && shortest.most <= 1 / 1.05 ? spaced`（${to(shortest.n)}个 token 时快至${timesSpan(1 / shortest.most, 1 / shortest.least)}倍）` : "";

const orderText = ({ axis, order }: ShapeOrder): string => {
  if (axis === undefined || order === undefined) return "";
  const larger: Readonly<Record<string, string>> = { headDim: "头越宽", heads: "头越多", batch: "同时的文本越多" };
  return spaced`${larger[axis] ?? spaced`${axis}越大`}，${order === "later" ? "越晚" : "越早"}`;
};

const isSpan = ([least, most]: Span): boolean => least !== most;

const ofTexts = ({ texts }: KeptOf): string => (texts === undefined ? "" : spaced`（同时${formatCount(texts)}个文本）`);
const kept = ({ bytes, n }: Kept, name: string): string =>
  n === undefined ? spaced`${name}在任何长度下都是${to(bytes)}` : spaced`${name}在${formatCount(n)}个 token 时为${to(bytes)}`;

/** "linear 不论长 128 还是 524,288 个 token 都是 31,297 个文本" */
const heldText = ({ arm, least, most, about }: Held): string => {
  const texts = ({ texts }: Held["least"]): string => (texts === 0 ? "一个文本也放不下" : spaced`${about ? "约" : ""}${formatCount(texts)}个文本`);
  if (least.n === most.n) return spaced`${arm}在长${formatCount(least.n)}个 token 时${texts(least)}`;
  return least.texts === most.texts
    ? spaced`${arm}不论长${formatCount(least.n)}还是${formatCount(most.n)}个 token 都是${texts(least)}`
    : spaced`${arm}在长${formatCount(least.n)}个 token 时${texts(least)}，长${formatCount(most.n)}个 token 时${texts(most)}`;
};

/** "在此 CPU 模拟上,dModel 512 时," before what is told of a pair. */
const placed = ({ shapes, emulated }: Crossed): string => `${onEmulation(emulated)}${shapes.length > 0 ? `${shapes.join("、")} 时，` : ""}`;
const spanText = (range: Crossover["range"]): string => (range ? spaced`（n = ${formatCount(range[0])}至${formatCount(range[1])}）` : "");
/** "linear 快于 softmax", "linear 的状态小于 softmax 的状态" */
const beats = ({ names: { upper, lower }, metric }: Crossed, not = ""): string =>
  metric === "time" ? spaced`${lower}${not}快于${upper}` : spaced`${lower}的状态${not}小于${upper}的状态`;

const shards = (numbers: readonly number[], of: number): string => spaced`${formatCount(of)}个分片中的第${counts(numbers)}个`;
const others = (more: number): string => (more === 0 ? "" : spaced`；另有${formatCount(more)}个也是如此`);

const stageWords: Readonly<Record<StageName, string>> = {
  embed: "嵌入",
  norm: "归一化",
  project: "输入投影",
  rotate: "旋转位置",
  mix: "注意力",
  output: "输出投影",
  route: "路由",
  feedForward: "前馈",
  classify: "分类器",
  sample: "采样",
};

const stageList = (stages: readonly StageName[]): string => list(stages.map((stage) => stageWords[stage]));
const textsAtOnce = (texts: number): string => (texts === 1 ? "" : spaced`（${formatCount(texts)}个文本合计）`);
const placesText = (places: readonly Place[]): string => list(places.map(({ label, n }) => `${label}（n = ${formatCount(n)}）`));
const formsText = ({ mechanism, forms }: Forms): string => spaced`${mechanism}的${list(forms)}`;
const crossingsText = (crossings: readonly Crossing[]): string =>
  crossings.map(({ n, arm, headDim }) => `n = ${formatCount(n)}（${arm}，headDim ${headDim}）`).join("、");

const sides: Readonly<Record<DuetSide, string>> = { base: "基准", head: "新版" };
const verdicts: Readonly<Record<Verdict, string>> = { SAME: "相同", FASTER: "变好", SLOWER: "变差", UNDECIDED: "未定", NEW: "新增", GONE: "缺失" };
/** A promised word behind the Chinese one. */
const told = (verdict: Verdict): string => `${verdicts[verdict]}（${verdict}）`;
const comparedMetrics: Readonly<Record<CellMetric, string>> = {
  time: "时间",
  wallTime: "挂钟时间",
  stateBytes: "状态字节数",
  peakBytes: "峰值字节数",
  error: "误差",
};
const armMetrics = { exponent: "增长指数", class: "增长阶" } as const;
const differenceNames: Readonly<Record<DifferenceOf, string>> = {
  experiment: "实验",
  phase: "阶段",
  device: "设备",
  driver: "驱动程序",
  deviceClass: "设备类别",
  cpu: "CPU",
  clock: "时钟",
  toggles: "开关",
  seed: "种子",
  cache: "缓存",
  cells: "单元",
};
const andMore = (more: number): string => (more > 0 ? spaced`，另有${formatCount(more)}个` : "");
const notCounted = (gates: boolean): string => (gates ? "" : "（不计入检查）");
const blindness = (least: number): string => spaced`每次运行至少需要${least}个进程、2 次访问`;

/** Everything that a report says, in Chinese. Numbers, units, names of arms and words of the YAML are as in English. */
/** 高于上限的全部时，说明这是否在误差范围之内。 */
const shareText = (share: CeilingShare): string => {
  const above = aboveCeiling(share);
  const written = formatShare(share.value);
  if (above === undefined) return written;
  return above === "perhaps" ? spaced`全部（${written}，按其区间至少为${formatShare(share.low)}）` : `全部以上（${written}：本次运行自身对设备的测试不及于此）`;
};

/** "64 / 4,096" */
const besideText = ({ own, published }: SizeBeside): string => `${formatCount(own)} / ${formatCount(published)}`;

const fractionText = ({ own, published }: SizeBeside): string => {
  const ratio = published / own;
  if (ratio < 2) return ` ${formatTimes(1 / ratio)} 倍`;
  return Number.isInteger(ratio) ? ` 1/${formatCount(ratio)}` : `约 1/${formatTimes(ratio)}`;
};

const shrunkText = ({ width, layers, experts, vocab, hidden }: ModelBeside): string => {
  const parts = [
    ...(width.own === width.published ? [] : [`宽度为其${fractionText(width)}`]),
    ...(layers.own === layers.published ? [] : [spaced`${formatCount(layers.own)}层（原为${formatCount(layers.published)}层）`]),
    ...(experts && experts.own !== experts.published ? [spaced`${formatCount(experts.own)}个专家（原为${formatCount(experts.published)}个）`] : []),
  ];
  const others = [
    ...(hidden.own === hidden.published ? [] : [spaced`前馈网络有${formatCount(hidden.own)}个通道（原为${formatCount(hidden.published)}个）`]),
    ...(vocab.own === vocab.published ? [] : [spaced`词表有${formatCount(vocab.own)}个 token（原为${formatCount(vocab.published)}个）`]),
  ];
  return (parts.length > 0 ? parts : others).join("，");
};

export const zh: Messages = {
  lang: "zh",
  language: "中文",
  list,
  choice,
  attention: (mechanism) => (mechanism === "softmax" ? "softmax 注意力" : "线性注意力"),
  hybrids: "两类层的混合",
  ofKind: (kind, rest) => `${kind}（${rest}）`,
  fromTier: (kind, tier) => spaced`从${tier === "disk" ? "磁盘" : "主内存"}搬回的${kind}`,
  emulation: "在此 CPU 模拟上",
  phase,
  joinSentences: (sentences) => sentences.join(""),

  headline: {
    doing,
    place: (software, device) => (software ? "在此 CPU 模拟上" : device === "" ? "在这块 GPU 上" : `在这块 GPU（${device}）上`),
    together: (where, texts) => spaced`${where}，同时${formatCount(texts)}个文本时`,
    speed: (speed) => {
      if (speed === undefined) return "";
      const at = spaced`：长${to(speed.n)}个 token 时${speed.vague ? "（95 % 置信区间）" : ""}，`;
      if (speed.least >= 1.05) return spaced`${at}速度是后者的${timesSpan(speed.least, speed.most)}倍`;
      return speed.most <= 1 / 1.05 ? spaced`${at}用时是后者的${timesSpan(1 / speed.most, 1 / speed.least)}倍` : "";
    },
    crosses: (where, from, does, { upper, lower }, speed, shortest) =>
      spaced`${where}，从${from}个 token 起，用${lower}${does}比用${upper}更快${speed}；更短时则用${upper}更快${belowText(shortest)}。`,
    already: (where, does, { upper, lower }, measured, speed) =>
      spaced`${where}，在测得的所有长度（${to(measured)}个 token）上，用${lower}${does}都比用${upper}更快${speed}。`,
    none: (where, does, { upper, lower }, measured, speed) =>
      spaced`${where}，在测得的所有长度（${to(measured)}个 token）上，用${lower}${does}都不比用${upper}更快${speed}。`,
    many: (where, does, { upper, lower }, measured) =>
      spaced`${where}，在${to(measured)}个 token 之间，用${lower}与用${upper}${does}谁更快，前后不止一次易位。`,
    latest: (where, does, { upper, lower }, n, speed) => spaced`${where}，最迟从${formatCount(n)}个 token 起，用${lower}${does}比用${upper}更快${speed}。`,
    open: (where, does, { upper, lower }) => spaced`${where}，用${lower}${does}从多长起比用${upper}更快，尚未定论。`,
    byShape: (where, does, { upper, lower }, shapes, by, speed, below) => {
      const open = shapes.filter((shape) => shape.faster === "open");
      const agree = shapes.every((shape) => isAhead(shape) || shape.faster === "open");
      const told = agree ? shapes.filter(isAhead) : shapes;
      const order = orderText(by);
      const how = spaced`${fasterByShape(told, shapes.length)}${order === "" ? (told.length <= mostNamed || !agree ? "" : spaced`（因${by.axis ?? "形状"}而异）`) : `（${order}）`}`;
      if (!agree) return spaced`${where}，用${lower}${does}是否比用${upper}更快，取决于${by.axis ?? "形状"}：${how}。`;
      const placed = (some: readonly FasterAt[]): string =>
        some.length <= mostNamed ? spaced`${namedPlaces(some)}时` : spaced`${shapes.length}种形状中的${some.length}种`;
      const shorter = below ? spaced`；更短时${below.at.length > 0 ? `（${placed(below.at)}）` : ""}则用${upper}更快${belowText(below.speed)}` : "";
      return spaced`${where}，用${lower}${does}比用${upper}更快：${how}${speed.replace(/^：/u, "；")}${shorter}${open.length > 0 ? spaced`；${placed(open)}尚未定论` : ""}。`;
    },
    withPrograms: (found, _, programs, more) => {
      const told = programs.map(({ arm, of, shapes }) => {
        const faster = shapes.some((shape) => shape.faster === "from" || shape.faster === "latest") && shapes.every(isAhead) ? "更快" : "";
        return spaced`；若${of === "lower" ? "换用" : "对手换成"}另一程序${arm}，则${programText(shapes)}${faster}`;
      });
      return spaced`${found.slice(0, -1)}${told.join("")}${more > 0 ? spaced`；另有${formatCount(more)}个程序见下文` : ""}。`;
    },
    partly: (found, at, open) => spaced`${found.slice(0, -1)}，此为${list(at)}处；${list(open)}处尚未定论。`,
    broughtBack: (where, measured, speeds) =>
      spaced`${where}，在测得的所有长度（${to(measured)}个 token）上，搬回状态都比重新计算更快${speeds === undefined ? "" : spaced`：长${formatCount(speeds.n)}个 token 时，速度是后者的${formatTimes(speeds.least.times.value)}倍（${speeds.least.arm}）${speeds.least.arm === speeds.most.arm ? "" : spaced`至${formatTimes(speeds.most.times.value)}倍（${speeds.most.arm}）`}`}。`,
    longer: (step, arms) =>
      spaced`在测得的最长处，长度${step === 2 ? "加倍" : `变为 ${Math.round(step * 10) / 10} 倍`}时，${arms.map((one) => spaced`${one.arm}的${factor(one.factor)}`).join("，")}`,
    kept: (arms, of) => `需要保留的状态${ofTexts(of)}：${arms.map((one) => kept(one.kept, one.arm)).join("，")}`,
    keptLess: ({ arm, kept: { bytes, n } }, other, { kept, least, most }, of) => {
      const many = timesSpan(least, most);
      const compared = kept === "same" ? spaced`与${other.arm}相同` : kept === "less" ? spaced`${other.arm}是它的${many}倍` : spaced`是${other.arm}的${many}倍`;
      const at = other.kept.n === undefined || other.kept.n === n ? "" : spaced`在${formatCount(other.kept.n)}个 token 时，`;
      return spaced`${arm}${n === undefined ? "无论多长都" : spaced`在${formatCount(n)}个 token 时`}只需在内存中${ofTexts(of)}保留${to(bytes)}${of.by !== undefined && isSpan(bytes) ? spaced`（因${of.by}而异）` : ""}，${at}${compared}${isSpan(other.kept.bytes) ? "" : spaced`（${other.kept.bytes[0]}）`}`;
    },
    attention: (emulated, arms) => {
      const [first] = arms;
      const told = arms.map(({ arm, ends }, i) => {
        const known = i > 0 && first !== undefined && ends.length === first.ends.length && ends.every(({ n }, end) => n === first.ends[end]?.n);
        const parts = ends.map(({ n, share }, end) =>
          known ? to(share) : spaced`${end === 0 ? "前面有" : ""}${formatCount(n)}个${end === 0 ? " token " : ""}时的${to(share)}`,
        );
        const steady = known && ends.length > 1 && new Set(parts).size === 1;
        return spaced`${arm}${steady ? "一直是" : ends.length > 1 ? "从" : "为"}${(steady ? parts.slice(0, 1) : parts).join(" 到 ")}`;
      });
      return spaced`${onEmulation(emulated)}注意力占一个 token 用时的比例：${told.join("；")}`;
    },
    beside: (where, titles, told, tally) => {
      const [first] = told;
      const alike = first !== undefined && told.length > 1 && told.every(({ n }) => n === first.n);
      const items = told.map(({ arm, n, shape, times }, i) => {
        const whose = spaced`${alike ? "" : spaced`长${formatCount(n)}个 token 时，`}${arm}${shape === "" ? "" : `（${shape}）`}`;
        const both = i === 0 ? spaced`用 attnbench 的` : "";
        const than = i === 0 ? spaced`用${titles}的` : "后者的";
        const interval = ({ low, high }: Estimate): string => spaced`（${i === 0 ? "95 % 置信区间" : ""}${formatTimes(low)}至${formatTimes(high)}）`;
        if (times.low > 1) return spaced`${whose}${both}速度是${than}${formatTimes(times.value)}倍${interval(times)}`;
        if (times.high < 1) return spaced`${whose}${both}用时是${than}${formatTimes(1 / times.value)}倍${interval(inverseRatio(times))}`;
        return spaced`${whose}${both}速度是${than}${formatTimes(times.value)}倍${interval(times)}，过于接近，分不出快慢`;
      });
      const close = tally ? tally.all - tally.faster - tally.slower : 0;
      const all = tally
        ? tally.faster === tally.all
          ? spaced`；共比较${formatCount(tally.all)}次，attnbench 次次更快`
          : spaced`；共比较${formatCount(tally.all)}次，attnbench 有${formatCount(tally.faster)}次更快${tally.slower > 0 ? spaced`，${formatCount(tally.slower)}次更慢` : ""}${close > 0 ? spaced`，${formatCount(close)}次过于接近` : ""}`
        : "";
      return spaced`${where}，按挂钟时间${alike ? spaced`，长${formatCount(first.n)}个 token 时` : ""}：${items.join("；")}${all}。`;
    },
    notBeside: (titles, none, open) =>
      spaced`${none ? spaced`未能与${titles}作任何比较` : "未作比较"}：${open
        .map(
          ({ arms, why }) =>
            spaced`${list(arms.map(({ arm, ns }) => spaced`${arm}${ns.length === 0 ? "" : spaced`（长${ns.length > 4 ? spaced`${formatCount(Math.min(...ns))}至${formatCount(Math.max(...ns))}` : counts(ns)}个 token）`}`))}（${why}）`,
        )
        .join("；")}。`,
    wroteSame: (where, same, parted) =>
      spaced`${where}，${[
        ...same.map(({ arms, tokens }) => spaced`${list(arms)}写出了相同的${formatCount(tokens)}个 token`),
        ...parted.map(
          ({ arms, token, near }) => spaced`${list(arms)}从第${formatCount(token)}个 token 起不同，那里舍入${near ? "可能选中任一个" : "不足以造成差别"}`,
        ),
      ].join("；")}。`,
    wroteAlone: (where, arms) =>
      spaced`${where}，${arms.map(({ arm, tokens }) => spaced`用${arm}写出了${formatCount(tokens)}个 token`).join("，")}${arms.length > 1 ? "，各用自己的权重" : ""}。`,
    tokenTimes: (arms) => spaced`写一个 token，${arms.map(({ arm, ms }) => spaced`用${arm}需${formatMs(ms)}`).join("，")}，各测一次。`,
    holds: (memoryBytes, oneLayer, arms) =>
      spaced`${formatBytes(memoryBytes)}内存${oneLayer ? "（只用于一层注意力）" : ""}可同时容纳：${arms.map(heldText).join("；")}。`,
    serves: (where, together, from, alone) => {
      const told = together.map(({ n, arms, close }, i) => {
        const rates = arms.map(({ arm, tokensPerSecond, texts, fewer, projected }, at) => {
          const cut = fewer && !(i > 0 && together[0]?.arms[at]?.fewer);
          return spaced`${arm}${projected ? "约" : ""}为${formatNumber(tokensPerSecond)}个${cut ? spaced`（至多${formatCount(texts)}个文本）` : ""}`;
        });
        return spaced`长${formatCount(n)}个 token 时，${rates.join("，")}${close ? "，过于接近，分不出快慢" : ""}`;
      });
      const projected = from ? "（“约”为推算）" : "";
      return spaced`${where}，所有文本合计每秒写出的 token 数：${told.join("；")}${projected}${alone ? `；${aloneText(alone)}` : ""}。`;
    },
    fastest: (where, does, shapes) => {
      const told = shapes.slice(0, 4).map(({ arm, next, n, all, shape, times }, i) => {
        const at = spaced`长${formatCount(n)}个 token${shape === "" ? "" : `、${shape} `}时`;
        const interval = spaced`（${i === 0 ? "95 % 置信区间" : ""}${formatTimes(times.low)}至${formatTimes(times.high)}）`;
        return times.low > 1
          ? spaced`${at}，${i === 0 ? does : ""}用${arm}最快，速度是${all > 2 ? "其次的" : ""}${next}的${formatTimes(times.value)}倍${interval}`
          : spaced`${at}，哪个最快尚未定论：${arm}与${next}过于接近，相差${formatTimes(times.value)}倍${interval}`;
      });
      const more = shapes.length - told.length;
      return spaced`${where}，${told.join("；")}${more > 0 ? spaced`；其余${formatCount(more)}种形状见表` : ""}。`;
    },
    later: (arms) =>
      arms
        .map(({ arm, growth, factor, n }) => {
          if (growth === "grows")
            return spaced`用${arm}时，前面越长，下一个 token 越慢${factor === undefined ? "" : factor.range ? spaced`（前面有${formatCount(factor.range[1])}个 token 时，用时是有${formatCount(factor.range[0])}个时的${to(factor.times)}倍）` : spaced`（在测得的最长处，长度加倍时用时变为${to(factor.times)}倍）`}`;
          if (growth === "none") return spaced`用${arm}时，无论前面多长，下一个 token 用时都不变`;
          if (growth === "unseen") return spaced`用${arm}时，测到${formatCount(n)}个 token 都未见变慢，但这尚未得到证明`;
          return spaced`用${arm}时，前面越长下一个 token 是否越慢，尚未定论`;
        })
        .join("；"),
    joined: (parts) => `${parts.join("；")}。`,
  },

  claimCount: (claims, fates) => spaced`${claims}条论断中，${fates.map(fated).join("，")}。`,
  judgedClaims: (claims, fates) => {
    const judged = fates.reduce((sum, { count }) => sum + count, 0);
    if (judged === 0) return spaced`${claims}条论断，本次运行均未判定。`;
    return spaced`${claims}条论断中，本次运行判定了${judged === claims && claims > 1 ? "全部" : ""}${judged}条：${fates.map((one) => spaced`${fated(one)}${one.named.length === 0 ? "" : `（${one.named.join("；")}${one.named.length < one.count ? "；……" : ""}）`}`).join("，")}。`;
  },

  claims: {
    brief: {
      S1: "token 的编号",
      S2: "token 不是字符",
      S3: "查表的开销不变",
      S4: "三次乘积得到 Q、K、V",
      S5: "前文越长，一个 token 越贵",
      S6: "softmax 选出最近者",
      S7: "写完一段文本的开销是 n²",
      S8: "长思考使这个平方十分庞大",
      S9: "前馈网络比注意力便宜",
      S10: "大部分参数属于前馈网络",
      S11: "一个 token 只用少数专家",
      S12: "缓存省去重新计算",
      S13: "每个 token 都占缓存",
      S14: "缓存可以移出 GPU",
      S15: "三种求和顺序结果一致",
      S16: "线性注意力下每个 token 开销相同",
      S17: "该开销取决于键与值的大小",
      S18: "线性注意力不需要缓存",
      S19: "模型的其余部分不变",
    },
    says: {
      S1: "该问题的 token 编号依次为 37046、33565、111、24186、6079、99 等。",
      S2: "一段文本的 token 数与字符数不同。",
      S3: "token 的嵌入是查表得来的：无论文本多长，开销都一样。",
      S4: "L 个 token 的文本是一个 L 行的矩阵，与它作三次乘积即得 Q、K、V。",
      S5: "L 个 token 中最新的一个要与此前的 L − 1 个逐一比较，因此其开销与 L 成正比。",
      S6: "softmax 是柔性的 arg-max：得分越大，其输出就越接近只取最近那个键的值。",
      S7: "写出 n 个 token 的文本，每个 token 都要看此前的所有 token，开销约为 n²。",
      S8: "会思考的模型要写出数千到数万个 token，因此这个平方变得十分庞大。",
      S9: "前馈网络每次只处理一个向量，因此与注意力相比，它在一个 token 的时间中占得很少。",
      S10: "模型的参数大部分在前馈网络中。",
      S11: "混合专家使模型变大，而一个 token 只用到其中少数专家。",
      S12: "保留此前所有 token 的查询、键和值，就不必为每个新 token 重新计算它们。",
      S13: "KV 缓存占用 GPU 内存，与其保留的 token 数成正比。",
      S14: "放不下的缓存会搬到主机内存或磁盘上。",
      S15: "去掉 softmax 之后，求和可以换一个次序：所有两两乘积、逐步更新的状态、分块计算，三者输出相同。",
      S16: "采用线性注意力时，无论前面有多少 token，一个 token 的开销都一样。",
      S17: "采用线性注意力时，一个 token 的开销只取决于键与值的大小，即两者的乘积。",
      S18: "线性注意力不需要此前 token 的键和值：完全不需要 KV 缓存。",
      S19: "注意力以外的部分都保持不变：前馈网络、分类器、循环。",
    },
    needs: {
      S1: "分词器",
      S2: "分词器",
      S3: "实现形式为 cached 的 softmax",
      S4: "实现形式为 recompute 的方案",
      S5: "带 KV 缓存的 softmax",
      S6: "在不超过 1,024 的某个 n 上带 KV 缓存的 softmax",
      S7: "带 KV 缓存的 softmax",
      S8: "带 KV 缓存的 softmax",
      S9: "实现形式为 cached 的 softmax",
      S10: "实现形式为 cached 或 recurrent 而没有 pattern 的方案",
      S11: "带专家的模型，以及实现形式为 cached 或 recurrent 而没有 pattern 的方案",
      S12: "在两者共同的某个 n 上，头数相同、实现形式为 cached 与 recompute 的 softmax",
      S13: "带 KV 缓存的 softmax",
      S14: "缓存放在主机内存或磁盘上的 softmax",
      S15: "线性一类的机制",
      S16: "线性一类的机制",
      S17: "在四个以上 headDim 取值上的线性一类机制，其值与键同宽，或宽度不变",
      S18: "线性一类的机制",
      S19: "在两者共同的某个 n 上，实现形式为 cached 的 softmax 与线性一类的机制",
    },
    needed: (ofPhase, needs) => `需要${phase[ofPhase]}阶段，并有${needs}。`,
    verdicts: { holds: "成立", holdsWithCorrection: "经修正后成立", doesNotHoldHere: "在此不成立", undecided: "未定" },
    notJudged: "此处未作判定",
    claim: "论断",
    saysHead: "内容",
    measured: "实测",
    correction: "修正",
    correctionLead: "修正：",
    shownIn: "见",
    places: {
      time: "时间图",
      memory: "状态图",
      stages: "阶段图",
      "stages-of": "模型",
      tokenizer: "分词器",
      offload: "状态表",
      sharpness: "倍数表",
      fits: "拟合表",
      cells: "单元表",
    },
    inOther: (ofPhase, place) => `${phase[ofPhase]}：${place}`,
    caption: (phases) =>
      `关于 softmax 注意力与线性注意力的论断，对照本次运行的测量和计数${phases.length === 0 ? "" : `，以及同一文件其他阶段在此处的最新运行（${phases.join("、")}）`}`,
    sharpness: (heads, cell) =>
      spaced`把得分乘以倍数后的 softmax：取${formatCount(heads)}个头中偏差最大的一个，以 float64 计算，输入取自 ${cell}。偏差为距离除以该值的长度。`,
    scoresTimes: "得分的倍数",
    nearestWeight: "最近的键的权重",
    off: "输出与其值的偏差",
    kernelOff: "内核的偏差",
    found: {
      curve: (label, headDim) => (headDim === undefined ? label : spaced`headDim ${headDim}的${label}`),
      slopes: (ends) =>
        ends.length === 0 ? "未知" : ends.map(({ exponent, curve, n }) => spaced`${bracketed(exponent)}（${curve}，n = ${formatCount(n)}处）`).join("至"),
      ofShape: (shape, others) => spaced`以上为${shapeText(shape)}处的结果；另有${formatCount(others)}种尺寸未作判断。`,
      byCounts: (corrected) => `就计数而言，这条论断${corrected ? "经此修正后" : ""}成立；就时间而言，尚无定论。`,
      noStages: "能为各阶段计时的设备（带 GPU 时间戳）可见分晓。",
      notCounted: "模型的各部分未经计数。",
      wouldCount: "各阶段经过计数的模型可见分晓。",
      wouldRestore: "能还原原文的分词器可见分晓。",
      threeLengths: "一条曲线上测三个以上的长度，可见分晓。",
      S1: {
        measured: (cuts) =>
          `${cuts.map(({ encoding, ids, tokens }) => spaced`${encoding}给出${ids.join("、")}${tokens > ids.length ? "……" : ""}（${formatCount(tokens)}个 token）`).join("，")}。`,
        others: (same, others) => spaced`编号因词表而异：${list(same)}给出这些编号，${list(others)}则不同。`,
      },
      S2: {
        measured: (cuts) =>
          `${cuts.map(({ encoding, characters, tokens }) => spaced`${formatCount(characters)}个字符在${encoding}中是${formatCount(tokens)}个 token`).join("，")}。`,
        between: (ratio) => spaced`单凭词表不同，n 就相差${formatNumber(ratio)}倍，n² 则相差${formatNumber(ratio ** 2)}倍。`,
        alike: (encodings) => spaced`在${list(encodings)}中两数恰好相同。`,
      },
      S3: {
        measured: ({ lengths, bytes, slope, share, isLittle, vocabulary }) =>
          `${lengths === 1 ? "按形状计，在唯一的长度上" : spaced`按形状计，在${formatCount(lengths)}个长度上都`}${spaced`读写${formatBytes(bytes)}而不作计算`}${
            slope ? spaced`，其时间对 n 的斜率为${bracketed(slope)}` : lengths === 1 ? "" : "，其时间短得时钟测不出"
          }${share ? spaced`，在 n = ${formatCount(share.n)}处占一个 token 的时间的${formatShare(share.share)}${isLittle ? "，在每个长度上都不到百分之一" : ""}` : ""}${
            vocabulary === undefined ? "" : spaced`；嵌入表与分类器占全部权重的${formatShare(vocabulary)}`
          }。`,
        changes: (up) => `读写的字节数不随文本变化，但此处其时间在${up ? "增长" : "减少"}。`,
        would: (timed) => (timed ? "增加轮次以收窄区间，可见分晓。" : "在时钟测得出这一阶段的两个以上长度上测量，可见分晓。"),
      },
      S4: {
        measured: (law, flops, time) =>
          `没有缓存时，全部 n + 1 个 token 都要投影。按形状计，FLOPs ${law === "undecided" ? "随其个数如何增长尚未定论" : spaced`随其个数按${law}增长`}${spaced`，每层每个 token 为${formatCount(flops)}`}${
            time ? spaced`；token 数加倍，用时变为${bracketed(time.doubled)}倍（斜率${bracketed(time.slope)}）` : ""
          }。`,
        fourth: (weights, width, three, gated) =>
          spaced`还有第四次乘积，即输出的投影，${gated ? "以及第五次，即为输出加权的门控，" : ""}而且各头合起来不必与模型同宽：每层共${formatCount(weights)}个权重，宽为${formatCount(width)}的三次乘积则为${formatCount(three)}个（前者为后者的${formatNumber(weights / three)}倍）。`,
        slower: "在此范围内，其时间比 token 数增长得更慢。",
        wouldLengths: "没有缓存时测三个以上的长度，可见分晓。",
        wouldNarrow: "区间太宽，看不出时间是否随之增长：更多轮次，或没有缓存时更长的文本，可见分晓。",
      },
      S5: {
        measured: (slopes, counted) =>
          `${spaced`时间对 n 的斜率：${slopes}。`}${
            "notLine" in counted
              ? counted.notLine === "undecided"
                ? "计得的 FLOPs 随 n 的增长不合已知的规律。"
                : spaced`计得的 FLOPs 随 n 按${counted.notLine}增长。`
              : spaced`计得每个头每个位置${formatCount(counted.perPosition)} FLOPs（${counted.curve}），此前有 n 个 token 时共${counted.before > 0 ? `n + ${formatCount(counted.before)}` : "n"}个位置。`
          }`,
        seesItself: "最新的 token 也与自身比较：共 L 次点积。",
        values: (dots) => spaced`此外还要对值加权：连同这一步，一个位置的开销是其点积的${formatNumber(dots)}倍。`,
        later: (upTo, from) =>
          spaced`在 n = ${formatCount(upTo)}以内这一点在这里几乎看不出：按拟合的直线，直到约 n = ${formatCount(from)}，与长度无关的开销都占一个 token 用时的大部分。`,
        would: "更大的 n 或更多轮次，可见分晓。",
      },
      S6: {
        measured: (heads, usual, last) =>
          spaced`以本次运行的输入、按 float64 计算，${formatCount(heads)}个头中偏差最大的一个与最近的键的值相距：通常的倍数下为其长度的${formatNumber(usual.off)}倍，放大到其${formatCount(last.times)}倍时为${formatNumber(last.off)}倍；最近的键的权重从${formatShare(usual.weight)}变为${formatShare(last.weight)}。${usual.kernelOff === undefined || last.kernelOff === undefined ? "" : spaced`内核算得的输出分别偏离${formatNumber(usual.kernelOff)}和${formatNumber(last.kernelOff)}。`}`,
        allCount: (weight) =>
          spaced`在模型所用的倍数下，以随机输入、在偏差最大的头中，远非如此：最近的键在其中只占${formatShare(weight)}的权重，因此所有键都起作用。`,
        would: "更大的倍数可见分晓。",
      },
      S7: {
        measured: (slopes, laws) =>
          `${spaced`整段文本的时间对 n 的斜率：${slopes}`}；${laws
            .map(({ curve, law }) =>
              law === undefined ? spaced`${curve}没有时间` : law === "undecided" ? spaced`${curve}的规律未定` : spaced`${curve}为${law}`,
            )
            .join("，")}。带缓存。`,
        slowStart: (slope, n) => spaced`短文本的时间增长得更慢，在 n = ${formatCount(n)}处斜率为${bracketed(slope)}：那里一个 token 的固定开销占了大部分。`,
        notYetMost: "在最大的 n 处，时间还在从线性走向平方。",
        later: (upTo, from) =>
          spaced`在测过的最大长度 n = ${formatCount(upTo)}以内，n² 项只占用时的小部分：按拟合的抛物线，从约 n = ${formatCount(from)}起，它占大部分。`,
        would: "更长的文本可见分晓。",
      },
      S8: {
        measured: (curve, times, shares, last) =>
          `${spaced`按${curve}的拟合时间，注意力的用时${times.map(({ ms, n }) => spaced`在${formatCount(n)}个 token 的文本中为${bracketed(ms, formatMs)}`).join("，")}，其中 n² 项${shares.map(({ share, n }) => spaced`在${formatCount(n)}个 token 时占${bracketed(share, formatShare)}`).join("，")}：由 n = ${formatCount(last)}外推而得。`}`,
        ofWhole: (title, shares, evenAt) =>
          spaced`注意力只是整体的一部分：按形状计，在${title}中，${shares.map(({ n, share }) => spaced`注意力占${formatCount(n)}个 token 的文本全部乘加的${formatShare(share)}`).join("，")}，而对单个 token，要到 n = ${formatCount(Math.round(evenAt))}时才与全部权重的乘加一样多。`,
        noLaw: "没有抛物线符合其时间，因此看不出 n² 项占多少。",
        onlyLater: (n, later) => spaced`是否在${formatCount(n)}个 token 时已经如此，尚不清楚，只知道在${formatCount(later)}个 token 时如此。`,
        would: "更长的文本可见分晓。",
      },
      S9: {
        notTimed: (label) => spaced`${label}没有任何阶段测得时间。`,
        measured: (label, splits) =>
          `${spaced`就${label}而言，`}${splits
            .map(
              ({ n, feedForward, attention }) =>
                spaced`在 n = ${formatCount(n)}处，一个 token 的时间有${bracketed(feedForward, formatShare)}用于前馈，${bracketed(attention, formatShare)}用于注意力`,
            )
            .join("；")}。`,
        longAlone: (more, less) => spaced`只有长文本如此：在 n = ${formatCount(more)}处前馈用时仍超过注意力的一半，从 n = ${formatCount(less)}起才不到一半。`,
        fullSize: (title, evenAt, evenReads) =>
          spaced`按 FLOPs 计，原尺寸的${title}中，一个 softmax 层在 n = ${formatCount(Math.round(evenAt))}处用于注意力的与用于前馈的一样多，此前更少；若各层都用 softmax，一个文本的键和值到 n = ${formatCount(Math.round(evenReads))}时，要读的数才与一个 token 用到的全部权重一样多。`,
        ofShrunken: (title, evenAt, little) =>
          spaced`这是由${title}缩小而成的模型的时间，而权重比注意力缩小得更快：在原尺寸下按 FLOPs 计，softmax 层中前馈到 n = ${formatCount(Math.round(evenAt))}时与注意力一样多，从 n = ${formatCount(Math.round(little))}起才不到其一半。`,
        short: (upTo, usual) => spaced`在 n = ${formatCount(upTo)}以内它用时更多，但文本通常更长：${formatCount(usual)}个 token 以上的上下文可见分晓。`,
        would: "更长的上下文或更多轮次，可见分晓。",
      },
      S10: {
        measured: (own, full) =>
          spaced`前馈网络占此模型${formatCount(own.all)}个权重的${formatShare(own.share)}${full ? spaced`；在原尺寸的${full.title}中，占${formatNumber(full.all / 1e9)}十亿个权重的${formatShare(full.share)}${full.isHybrid ? "（各层都按 softmax 注意力计数）" : ""}` : ""}。`,
        largest: "在此它是最大的一部分，但不到一半。",
        fullSize: "在原尺寸下它不到一半。",
      },
      S11: {
        measured: ({ active, experts, computed, feedForward, own, full, timed }) =>
          spaced`按形状计，每个 token 经过${formatCount(experts)}个专家中的${formatCount(active)}个：${formatCount(feedForward)}个前馈权重中有${formatCount(computed)}个参与计算，用到的权重占全部${formatCount(own.all)}个的${formatShare(own.share)}${full ? spaced`；在原尺寸的${full.title}中占${formatShare(full.share)}` : ""}。${timed ? spaced`前馈用时${bracketed(timed.ms, formatMs)}，而按本次运行测得的速率，此设备走遍其全部权重至少需要${formatMs(timed.leastMs)}。` : ""}`,
        would: "若模型的前馈权重多到读取用时超过这一阶段的用时，就能看出并非全部用到。",
        overHalf: "尽管如此，在这一尺寸下，一个 token 仍用到全部权重的一半以上。",
      },
      S12: {
        measured: (n, againMs, keptMs, ratio, byFlops, short, bytesPerToken) =>
          spaced`在 n = ${formatCount(n)}处，一个 token 的用时在什么都不保留时为${formatMs(againMs)}，带缓存时为${formatMs(keptMs)}：前者是后者的${bracketed(ratio)}倍${byFlops === undefined ? "" : spaced`（按 FLOPs 计为${formatNumber(byFlops)}倍）`}${short === undefined ? "" : spaced`，在 n = ${formatCount(short.n)}处是${bracketed(short.ratio)}倍`}${bytesPerToken === undefined ? "" : spaced`。每个 token 使缓存增加${formatBytes(bytesPerToken)}`}。`,
        enough: (queriesBytes) => spaced`有键和值就够了：缓存中只有它们，查询则还要再加${formatBytes(queriesBytes)}。`,
        would: "没有缓存时更长的上下文可见分晓。",
      },
      S13: {
        measured: ({ curve, perTokenBytes, bytes, n, texts, share, law, buffer }) =>
          `${spaced`按分配时所计，${curve}每层每个 token 保留${formatBytes(perTokenBytes)}，在 n = ${formatCount(n)}处${textsAtOnce(texts)}为${formatBytes(bytes)}`}${
            share === undefined ? "" : spaced`，占该处所需全部内存的${formatShare(share)}`
          }；${law === undefined ? "其字节数的增长不合已知的规律" : spaced`其字节数为${law}`}${
            buffer
              ? spaced`，一个文本一层的键（值更宽时则为值）到${formatCount(buffer.tokens)}个 token 时占满内核在此能用的最大的缓冲区（${formatBytes(buffer.bytes)}）`
              : ""
          }。`,
        shared: (heads, kvHeads) =>
          spaced`共用键和值的头占用更少：${formatCount(heads)}个查询头共用${formatCount(kvHeads)}个键值头，只需保留 1/${formatCount(heads / kvHeads)}。`,
      },
      S14: {
        broken: (places) => `搬回的字节与搬出的不同：${placesText(places)}。`,
        notMoved: (tier) => `此处没有缓存搬到${tier === "host" ? "主机内存" : "磁盘"}，这一点无从判断。`,
        fromDisk: (pastCache) =>
          pastCache ? "从磁盘搬回的内容绕过操作系统的页缓存读取。" : "从磁盘搬回的内容很可能来自操作系统的页缓存：那不是磁盘本身的速率。",
        measured: ({ label, n, bytes, outGbps, inGbps, waitMs, allLayersMs, stepMs, times, pays }) =>
          `${spaced`${label}在 n = ${formatCount(n)}处，${formatBytes(bytes)}以${bracketed(outGbps)} GB/s 搬出，以${bracketed(inGbps)} GB/s 搬入，一个 token 要为${formatMs(stepMs)}的一步等待${formatMs(waitMs)}`}${
            allLayersMs === undefined ? "" : spaced`（推算所有层共${formatMs(allLayersMs)}）`
          }${spaced`，总用时为该步的${bracketed(times)}倍`}；${pays.length === 0 ? "没有与之并列测量重新计算" : `比重新计算用时更少：${pays.join("；")}`}。`,
        later: (from) =>
          `只有长的缓存如此：短的缓存重新计算更快，${from.map(({ label, n, perhaps }) => spaced`${perhaps ? "可能" : ""}在 n = ${formatCount(n)}以下（${label}）`).join("，")}。`,
        never: (labels) => spaced`并非从任何地方搬回都如此：${list(labels)}在测得的每个 n 上都比重新计算用时更多。`,
        waits: (labels) => spaced`这适用于会停顿的文本：用${list(labels)}时，一个 token 等待缓存的时间比其一步的时间更长。`,
        would: "在更多长度上重新计算同样的缓存（实现形式 recompute），或更多轮次，可见搬回来是否合算。",
      },
      S15: {
        wrong: (places) => spaced`${placesText(places)}与 float64 参考结果的差别超出舍入误差。`,
        agree: (mechanisms, error, share) =>
          spaced`${mechanisms.map(formsText).join("，")}都与同一 float64 参考结果一致，相差至多为一行大小的${formatNumber(error)}倍，即舍入容差的${formatNumber(share)}倍。`,
        oneForm: (mechanisms) => spaced`只校验过一种实现形式：${mechanisms.map(formsText).join("，") || "无"}。`,
        rounding: (ends) =>
          `在 f32 下除舍入误差外如此，而舍入误差随文本变长而增大：${ends.map(({ error, n }) => spaced`n = ${formatCount(n)}时为${formatNumber(error)}`).join("，")}。`,
        notComputed: (forms) =>
          `此处并未算过所有这些次序，未算的是${list(forms.map((form) => (form === "parallel" ? "所有两两乘积" : form === "recurrent" ? "逐步更新的状态" : "分块计算")))}。`,
        would: "一种机制的两种实现形式可见分晓。",
      },
      S16: {
        measured: (slopes, state) =>
          spaced`时间对 n 的斜率：${slopes}${state === undefined ? "" : spaced`。每个 token 读写的状态与${formatCount(state.tokens)}个 token 的键和值一样大（${state.curve}）`}。`,
        grows: (slopes) => spaced`尽管如此仍略有增长：${slopes}。`,
        notLittle: (crossings) =>
          `开销相同不等于开销小：${crossings.length === 0 ? "在测得的每个 n 上都是 softmax 更快" : `softmax 更快，直到 ${crossingsText(crossings)}`}。`,
        would: "增加轮次以收窄区间，可见分晓。",
      },
      S17: {
        measured: ({ labels, cells, isStored, hasNormalizer, isCounted, slopes, softmax, crossings }) => {
          const text = (all: typeof slopes): string => all.map(({ exponent, curve }) => `${bracketed(exponent)}（${curve}）`).join("，") || "未知";
          return `${spaced`${list(labels)}每个头的状态${isStored ? spaced`在${cells === 1 ? "唯一的" : `全部 ${formatCount(cells)} 个`}单元中都是 headDim × headDimV 个数${hasNormalizer ? "（归一化时另加 headDim 个）" : ""}` : "并非在每个单元中都是 headDim × headDimV 个数"}`}，FLOPs ${isCounted === undefined ? "的增长不合已知的规律" : isCounted ? "随这一乘积增长" : "不随这一乘积增长"}；时间对 headDim 的斜率：${text(slopes)}${
            softmax ? spaced`，softmax 在 n = ${formatCount(softmax.n)}处为${text(softmax.slopes)}` : ""
          }${crossings.length === 0 ? "" : `；n*：${crossingsText(crossings)}`}。`;
        },
        fixedValues: (label, headDimV) => `${label}，headDimV ${formatCount(headDimV)}`,
        below: "在这些宽度下，时间比这一乘积增长得更慢。",
        equalWidths: "这是在键与值同宽、一起加宽时测得的：两者各自的开销未曾测量。",
        would: "更宽的头或更多轮次，可见分晓。",
      },
      S18: {
        measured: (curve, ends, texts, labels, laws) =>
          `${spaced`${curve}${ends.map(({ bytes, n }) => spaced`在 n = ${formatCount(n)}处保留${formatBytes(bytes)}`).join("，")}`}${textsAtOnce(texts)}；${spaced`${list(labels)}的字节数${laws.map((law) => (law === undefined ? "不合已知的规律" : `为 ${law}`)).join("，")}`}。`,
        hybrid: (curve, bytes, n, texts) =>
          spaced`含若干 softmax 层的模型仍保留这些层的缓存：${curve}在 n = ${formatCount(n)}处${textsAtOnce(texts)}每层为${formatBytes(bytes)}，与 n 成正比。`,
        published: ({ title, softmax, layers }) =>
          spaced`这只就线性注意力本身而言：${title}的${formatCount(layers)}层中有${formatCount(softmax)}层是 softmax，仍要保留它们的缓存。`,
      },
      S19: {
        counted: (same, changed, lacking) =>
          `按形状计，${same.length === 0 ? "没有哪个阶段的 FLOPs 和字节数在两者中相同" : spaced`${stageList(same)}的 FLOPs 和字节数在两者中相同`}${changed.length > 0 ? spaced`，${stageList(changed)}的则不同` : ""}${lacking.map(({ label, stages }) => spaced`；只有${label}含${stageList(stages)}`).join("")}。`,
        alone: (lacking) => `并非每个阶段两者都有：${lacking.map(({ label, stages }) => spaced`只有${label}含${stageList(stages)}`).join("，")}。`,
        timed: (n, rest, ratio, attention) =>
          spaced`在 n = ${formatCount(n)}处，注意力以外的部分${rest.map(({ label, ms }) => spaced`用${label}时为${bracketed(ms, formatMs)}`).join("，")}，因此注意力本身的速度为${formatNumber(attention)}倍时，整体的速度为${bracketed(ratio)}倍。`,
        around: (changed) =>
          `注意力前后的部分随之改变：${changed.map(({ stage, times }) => spaced`${stageWords[stage]}读写的字节数为${formatNumber(times)}倍`).join("，")}（因共用键和值的头、门控、输出的归一化而异）。`,
        would: "在两种方案中都经过计数和计时的阶段或更多轮次，可见分晓。",
      },
    },
  },

  growthNote,
  crossingNote,

  growth: {
    arm: (arm, from, shapes) => `${arm}${from === undefined ? "" : `（自 n = ${formatCount(from)} 起）`}${shapesText(shapes)}`,
    known: (ofPhase, laws, ns) => {
      const over =
        ns === undefined
          ? ""
          : `（n = ${formatCount(ns.first)} 至 ${formatCount(ns.nearest)}${ns.farthest > ns.nearest ? `，部分至 ${formatCount(ns.farthest)}` : ""}）`;
      return `${growthSubjects[ofPhase]}${over}：${laws.map(({ law, arms }) => spaced`${list(arms)}为${law}`).join("，")}。`;
    },
    open: (arms, candidates, note) => spaced`${list(arms)}的时间${candidates ? "遵循其中哪一种规律" : "如何增长"}，尚未定论${note ? `：${note}` : ""}。`,
    slope: (n, exponent) => spaced`在 n = ${formatCount(n)}处，它按 n 的${estimate(exponent, twoDigits)}次幂增长。`,
    size: (variable, stays, slopes) => {
      const by =
        variable === "headDim"
          ? spaced`加宽各头（headDim，共${stays.heads}个头${stays.headDimV === undefined ? "" : spaced`，值宽为${stays.headDimV}`}）`
          : spaced`增加宽为${stays.headDim}的头数（dModel${stays.kvHeads === undefined ? "" : spaced`，键和值共${stays.kvHeads}个头`}）`;
      const powers = slopes.map(({ arm, exponent }) => spaced`${arm}为${estimate(exponent, twoDigits)}`);
      return spaced`${by}时，n = ${formatCount(stays.n)}处的时间最终按${variable}的幂次增长：${powers.join("，")}。`;
    },
  },

  memory: {
    nothing: (arms) => spaced`${list(arms)}不保留任何状态`,
    constant: (state, arms, bytes) => spaced`${list(arms)}的${state}在任何 n 下都占${to(bytes)}`,
    takes: (state, arms, bytes, n) => spaced`${list(arms)}的${state}在 n = ${formatCount(n)}时占${to(bytes)}`,
    grows: (state, arms, bytes, n, law) => spaced`${list(arms)}的${state}按${law}增长，在 n = ${formatCount(n)}时达${to(bytes)}`,
    sentence: (phrases, shapes, byShape, texts) =>
      `${shapes.length > 0 ? `${shapes.join("、")} 时，` : ""}${phrases.join("；")}${byShape ? "（因形状而异）" : ""}${texts === undefined ? "" : spaced`（均为同时${formatCount(texts)}个文本）`}。`,
    state: (name) => stateNames[name] ?? spaced`状态（${name}）`,
  },

  crossover: {
    beyondSome: (told) => `${placed(told)}超过某个 n 之后，${beats(told)}。`,
    crosses: (told, n) => spaced`${placed(told)}从 n = ${told.metric === "time" ? estimate(n) : formatCount(Math.floor(n.value) + 1)}起，${beats(told)}。`,
    already: (told) => `${placed(told)}在测得的每个 n 上${spanText(told.range)}，${beats(told)}。`,
    none: (told) => `${placed(told)}在测得的每个 n 上${spanText(told.range)}，${beats(told, "都不")}。`,
    many: (told, note, crossings) =>
      spaced`${placed(told)}${told.names.lower}与${told.names.upper}的${told.metric === "time" ? "时间" : "状态字节数"}互有高低：${note ?? `在 n = ${counts(crossings)} 附近`}。`,
    latest: (told, n) => spaced`${placed(told)}最迟从 n = ${formatCount(n)}起，${beats(told)}；在此之前两者过于接近，分不出高下。`,
    open: (told, note) => spaced`${placed(told)}从多大的 n 起${beats(told)}，尚未定论${note ? `：${note}` : ""}。`,
    unequalArms: (n, shape, arms) =>
      spaced`在 n = ${formatCount(n)}${shape === "" ? "" : `、${shape}`} 处各方案的利用率不相等：${arms.map(({ name, share }) => spaced`${name}达到其上限的${shareText(share)}`).join("，")}。就这些差异而言，那里的时间之比反映的是核函数，而不是机制。`,
    unequal: ({ upper, lower }, shares) =>
      spaced`该处两者的利用程度不等：${upper}达到其性能上限的${shareText(shares.upper)}，${lower}达到${shareText(shares.lower)}。`,
    equalised: (equal, least) => `若两者都达到其中较高的利用率，则${equal}相交；只按 FLOPs 和字节数计算，则${least}相交。`,
    atN: (n) => spaced`在 n = ${formatCount(n)}处`,
    belowN: (n) => spaced`在 n = ${formatCount(n)}以下`,
    beyondN: (n) => spaced`在 n = ${formatCount(n)}以上`,
    mixer: (parts, emulated) =>
      `${onEmulation(emulated)}就注意力本身与就整个 token 而言，从多大的 n 起更快：${parts
        .map(({ names: { upper, lower }, shape, mixer, whole }) => spaced`${lower}相对${upper}${shapeText(shape)}，注意力${mixer}，整个 token ${whole}`)
        .join("；")}。`,
    mixerFrom: {
      some: "超过某个 n 之后更快",
      n: (n) => `从 n = ${bracketed(n, formatCount)} 起更快`,
      already: "在测得的每个 n 上都更快",
      none: "在测得的任何 n 上都不更快",
      many: (crossings) => `时快时慢，在 n = ${counts(crossings)} 附近易位`,
      open: "从多大的 n 起更快尚未定论",
      latest: (n) => `最迟从 n = ${formatCount(n)} 起更快`,
    },
    breakEven: (parts, emulated) =>
      `${onEmulation(emulated)}把状态搬回来比重新计算更快：${parts.map(({ from, arms }) => spaced`${list(arms)}${from}`).join("；")}。`,
    anewTokens: aboutTokens,
    meanwhile: (parts) =>
      `在较长的状态搬回来的时间里，能重新计算的有：${parts
        .map(({ n, anew, measured, arms }) => {
          const tokens =
            anew === "fewer"
              ? spaced`不到${formatCount(measured[0])}个 token`
              : anew === "more"
                ? spaced`超过${formatCount(measured[1])}个 token`
                : aboutTokens(anew);
          return spaced`${list(arms)}搬回${formatCount(n)}个 token 的状态时${tokens}`;
        })
        .join("；")}。`,
    breakEvenArm: (arm, shape) => `${arm}${shapeText(shape)}`,
    breakEvenFrom: {
      n: (n) => `从 n = ${estimate(n)}起`,
      already: (range) => (range?.[0] === 1 ? `从第 1 个 token 起就是${spanText(range)}` : `在测得的每个 n 上都是${spanText(range)}`),
      none: (range) => `在测得的任何 n 上都不是${spanText(range)}`,
      many: (crossings) => `在 n = ${counts(crossings)} 的某一侧`,
      open: "从多大的 n 起尚未定论",
      latest: (n) => `最迟从 n = ${formatCount(n)} 起`,
    },
  },

  times: {
    arm: (arm, ms) => spaced`${arm}为${formatMs(ms.value)} [${formatMs(ms.low)}, ${formatMs(ms.high)}]`,
    sentence: (ofPhase, n, arms, place, emulated) =>
      spaced`${onEmulation(emulated)}${timeSubjects[ofPhase](formatCount(n))}${shapeText(place)}的用时：${arms.join("，")}。`,
    stages: (curves, emulated) =>
      `${onEmulation(emulated)}注意力在一个 token 各阶段用时中所占的份额：${curves
        .map(
          ({ arm, shape, ends }) =>
            spaced`${arm}${shapeText(shape)}${ends.map(({ share, n }) => spaced`在 n = ${formatCount(n)}时为${formatShare(share)}`).join("，")}`,
        )
        .join("；")}。`,
  },

  peers: {
    ratio: (arm, ofPhase, shape, n, ratio, peer, emulated) =>
      `${onEmulation(emulated)}${spaced`${arm}的${phase[ofPhase]}`}${shapeText(shape)}${spaced`在 n = ${formatCount(n)}时`}，attnbench ${ratio.value > 1 ? spaced`的挂钟时间为${peer}的${bracketed(ratio)}倍` : spaced`的速度（按挂钟时间）为${peer}的${bracketed(inverseRatio(ratio))}倍`}。`,
    notCompared: (peer, places, note) =>
      spaced`未与${peer}比较：${places.map(({ arm, phase: ofPhase, shape, ns }) => spaced`${arm} ${ofPhase}${shapeText(shape)}，n = ${counts(ns)}`).join("；")}（${note}）。`,
    notReached: (whose) => `${whose}：未轮到`,
    wrong: (whose, reason) => spaced`${whose}的输出有误：${reason}`,
    unmeasured: (whose, reason) => `${whose}：${reason}`,
    noTurn: "没有哪一轮同时测了两者",
    explained: (titles, peers) =>
      spaced`同样的单元由${titles}${peers.length > 0 ? `（${peers.map(({ version, adapter }) => `${version}，在 ${adapter} 上`).join("；")}）` : ""}在其自己的进程中计算，在相同的轮次中测量，并按相同的参考结果校验。这里以挂钟时间对挂钟时间，因为对方不提供别的时间；图中不含这些数据。`,
    caption: "一次重复的挂钟时间。每一轮都测了两者，两者之比取各轮之比的中位数，与旁边两个时间之比略有出入。方括号内为跨轮次的 95 % 置信区间。",
    speed: (ratio) => (ratio.value > 1 ? timesIn("用时", ratio, formatNumber) : timesIn("速度", inverseRatio(ratio), formatNumber)),
    brief: {
      noTime: "时间已用尽",
      wrong: (whose) => spaced`${whose}的输出有误`,
      failed: (whose) => spaced`${whose}运行失败`,
      skipped: (whose) => spaced`${whose}在此无法计算`,
      noTurn: "没有哪一轮同时测了两者",
    },
    drawn: (titles) => spaced`attnbench 的速度是${titles}的多少倍（按挂钟时间）`,
    drawnKey: (titles) => spaced`圆点为测得的比值，横线为其 95 % 置信区间。1× 右侧为 attnbench 更快，左侧为${titles}更快。刻度每一格都是成倍变化。`,
    toTable: "各项时间与未作比较的部分",
    times: (times) => (times.high < 1 ? timesIn("用时", inverseRatio(times)) : timesIn("速度", times)),
    not: "未作比较",
    ours: "我们的方案",
    beside: "对方",
    oursWall: "我们的挂钟时间",
    itsWall: "对方的挂钟时间",
    oursIs: "我们相对对方",
    because: "未作比较的原因",
  },

  offload: {
    none: "没有状态被搬移。",
    explained: ({ disk, ofModel, layers }) => [
      "状态留在 GPU 上时，一个 token 只需解码步本身的时间。状态若已搬走，就要先搬回来，所需的时间加在解码步之上。",
      "搬出：在 GPU 上复制、映射，再复制到主机内存。搬入：从主机内存写到 GPU，直到 GPU 收到为止。KV 缓存连同下一个 token 那一行的空位一起搬移，由解码步写入：其字节数是 n + 1 个 token 的，重新计算的缓存没有这个空位，是 n 个 token 的。搬回的每个字节都与搬出的比较过，该解码步也与 float64 参考结果比较过。",
      ...(disk === undefined
        ? []
        : [
            `disk：搬出时还要写文件，并等到磁盘写完（fsync）；搬入时还要读文件，${
              disk === "pastCache"
                ? "读取时绕过操作系统的页缓存（O_DIRECT），经由主机内存中的 8 MiB。磁盘自身的缓存，或虚拟机宿主的缓存，仍属于所测的一部分。"
                : "而操作系统很可能直接从内存中的页缓存提供，对这样做的程序向来如此。这时测得的就不是磁盘本身的速率。"
            }`,
          ]),
      "一个 token 对状态的改动也需要保存，这不在所加的时间之内：KV 缓存只有一行，递归状态则是全部，即其搬出的时间。",
      ofModel
        ? "状态是全部层的状态，一层的缓冲区接着另一层的，一次传输完成。没有单独对一层计时：一层的数字是推算的，即总时间除以层数，单独搬移一层比这更慢。重新计算是让这 n 个 token 走完全部层，从 token 编号直到最后一层所保留的内容；其后的分类器属于解码步。程序若在计算这一层的同时搬入下一层，可以掩盖所加时间的一部分；此处没有这样做。"
        : "重新计算是指一层注意力从现成的键和值出发计算 n 个 token。实际模型还要先算出这些键和值，而且到这一层为止的各层都要算，因此对完整模型而言，从更短的长度起搬回来就合算。",
      ...(layers === undefined
        ? []
        : [
            spaced`一个 token 需要全部${formatCount(layers)}层的状态，一层接一层。其用时是推算的，为此处一层的${formatCount(layers)}倍：一起搬移可能更快，因为每次传输与大小无关的开销只需付一次。程序若在计算这一层的同时搬入下一层，可以掩盖其中一部分；此处没有这样做。`,
          ]),
    ],
    caption: (forms) => spaced`存放在${list(["GPU 内存", ...forms])}中的状态：留在原处时一个 token 的开销，以及搬移时的搬出与搬入`,
    keptIn: "存放处",
    out: "搬出",
    in: "搬入（附加）",
    outGbps: "搬出 GB/s",
    inGbps: "搬入 GB/s",
    step: "GPU 内存：仅解码步",
    inEachLayer: (layers) => spaced`搬入 ÷ ${formatCount(layers)}层，推算`,
    inAllLayers: (layers) => spaced`推算：所加时间的${formatCount(layers)}倍`,
  },

  shards: {
    explained: (parts, missing) =>
      `${spaced`本次运行由${formatCount(parts + missing.length)}个分片中的${formatCount(parts)}个合并而成，每个分片含其各形状的所有方案，轮次和进程自成一体。规律、n* 和漂移各属一个分片，占性能上限的份额也以其自己的上限为准。`}${missing.length > 0 ? `缺失：${counts(missing)}。` : ""}`,
    caption: "各分片，以及各自测得的性能上限。",
    shard: "分片",
    run: "运行",
    state: "状态",
    states: { running: "进行中", complete: "完成", interrupted: "被中断", failed: "出错" },
    started: "开始",
    cells: "单元数",
    turns: "轮次",
    processes: "进程数",
    reading: "读，GB/s",
    copying: "复制，GB/s",
    multiplyAdd: "乘加，GFLOP/s",
  },

  serving: {
    budget: (memoryBytes, oneLayer, emulated, { n, shape }) =>
      `${onEmulation(emulated)}${spaced`以${formatBytes(memoryBytes)}内存${oneLayer ? "（只用于一层注意力）" : ""}，在 n = ${formatCount(n)}${shapeText(shape)}时`}`,
    unknown: (label, note) => spaced`${label}的情况未知（${note}）`,
    noRoom: (label, memoryBatch, bytes) =>
      memoryBatch === undefined
        ? `${spaced`${label}一个文本也放不下`}${
            bytes === undefined
              ? ""
              : spaced`（一个文本需 ${formatBytes(bytes.one)}${bytes.shared > 0 ? `，其中 ${formatBytes(bytes.shared)} 与文本数无关` : ""}）`
          }`
        : spaced`${label}可同时容纳${formatCount(memoryBatch)}个文本，而这些内核在此设备上一个也处理不了`,
    room: (label, { batch, about }, memoryBatch, tokensPerSecond) =>
      `${
        memoryBatch === undefined
          ? spaced`${label}${about ? "约" : ""}可同时容纳${formatCount(batch)}个文本`
          : spaced`${label}可同时容纳${formatCount(memoryBatch)}个文本，其中这些内核在此设备上${about ? "约" : ""}能处理${formatCount(batch)}个`
      }，${tokensPerSecond ? spaced`合计每秒${tokensPerSecond}个 token` : "速度无法由这次运行得知"}`,
    projected: (reached, whose) =>
      `（${whose.length > 0 ? spaced`${list(whose)}的` : ""}“约”为推算值，没有置信区间，依据是${choice(
        reached.map(({ batch, n }) => spaced`不超过${formatCount(batch)}的 batch 与不超过${formatCount(n)}的 n`),
      )} 的测量）`,
    counted: (fewer) =>
      `容量按内核分配的字节精确计算${fewer ? "；内核把一层的各文本放在一起，若此设备的一个缓冲区或一次 dispatch 先于内存用尽，能处理的文本就更少" : ""}`,
    memoryAlone: (mostBytes) => `容量只按内存计算${mostBytes === undefined ? "" : spaced`：此设备的单个缓冲区最多容纳${formatBytes(mostBytes)}，这里未予考虑`}`,
    sentence: (budget, arms, projected, room) => `${budget}，${arms.join("；")}${projected}。${room === "" ? "" : `${room}。`}`,
    note: {
      fewBatches: (least, measured) => spaced`batch 需要${least}个取值，只测得${measured}个`,
      fewLengths: (least, measured) => spaced`推算到另一个 n 需要${least}个 n 的取值，只测得${measured}个`,
      noRoom: "一个文本也放不下",
      noKernel: "内存放得下，但这些内核在此设备上一个文本也处理不了",
      oddBytes: "字节数随 n 和 batch 的变化不成直线",
      oddTimes: "时间随 n 和 batch 的变化不成直线",
      bent: "时间随 batch 增长得越来越快，如同少量文本占不满的设备；测更大的 batch 可见分晓",
      wide: (factor) => spaced`误差范围超过${factor}倍；测更大的 batch 和离此更近的 n，可见分晓`,
    },
    none: "任何方案在任何 batch 上都没有时间。",
    explained: (memoryBytes, { oneLayer, weights, roomCounted, steps }) => [
      `${spaced`预算为${formatBytes(memoryBytes)}${oneLayer ? "，只用于一层注意力" : ""}：包括与 batch 无关的固定部分${weights ? "（权重）" : ""}，以及每个文本的状态（若有）和它在计算所需内存中的一份。`}${
        roomCounted
          ? "能容纳多少，是在测量之前按两者算出的：一是内核所分配内存的闭式公式（每个测得的单元都与之一字节不差），二是此设备所能接受的大小，即最大的缓冲区和绑定，以及一个方向上的工作组数"
          : "两者都取自本次运行所计的字节"
      }；若程序以别的方式在各层之间共用缓冲区，或以更少的位数存放权重，则能容纳更多。`,
      "每个文本各写一个 token 为一步，因此每秒的 token 数等于 batch 除以一步的时间。恰好测过该 batch 之处，时间为实测；其余为推算：固定开销、每个文本的开销、每个文本每个 token 的开销，不保留任何内容时还有每对 token 的开销，对测得的各 batch 拟合。实测的时间带有置信区间。推算的时间写作“约”，且只在规律本身的误差不超过 4 倍时给出；它没有置信区间，因为设备在远超测量范围之处的表现（例如缓存用尽）无从测得。",
      ...(steps
        ? [
            roomCounted
              ? "字节数随 batch 呈阶梯变化之处，每个文本的字节数为约数，即所有放得下的文本的平均值。"
              : "字节数随 n 或 batch 呈阶梯变化之处为约数，取自穿过所计各值的直线。",
          ]
        : []),
    ],
    measuredCaption: "所有文本合计每秒的 token 数，实测",
    texts: (batch) => `${formatCount(batch)} 个文本`,
    fits: (memoryBytes) =>
      spaced`上图：${formatBytes(memoryBytes)}内存可同时容纳多少个长 n 个 token 的文本；下图：这些文本合计每秒写出多少个 token。越高越多；坐标轴每一格都是成倍变化。`,
    marks: (texts, projected, none) =>
      `${texts > 0 ? spaced`实心标记为实测，至多同时${formatCount(texts)}个文本。` : ""}${projected ? "空心标记为推算，按内存与这些程序所能处理的最多文本计，没有置信区间。" : ""}${none ? "下边缘的叉号：该处一个文本也无法运行，或没有规律给出其速度；原因见表格。" : ""}`,
    pointIs: (from, texts) => spaced`同时${formatCount(texts)}个文本，${from === "measured" ? "实测" : "推算"}`,
    fitsAlone: (memoryBytes) => spaced`${formatBytes(memoryBytes)}内存可同时容纳多少个长 n 个 token 的文本：越高越多。坐标轴每一格都是成倍变化。`,
    caption: (memoryBytes) => spaced`${formatBytes(memoryBytes)}中同时容纳的文本`,
    about: (text) => `约 ${text}`,
    fixed: "固定部分",
    aText: "每个文本",
    textsAtOnce: "同时容纳的文本数",
    inAll: "合计",
    boundBy: "受限于",
    bound: { memory: "内存", limit: "这些内核" },
    memoryHolds: "内存可容纳",
    aToken: "各写一个 token",
    tokensPerSecond: "合计 token/s",
    timeIs: "时间来源",
    from: { measured: "实测", projected: "推算" },
    notTold: "无从得知",
    oneMore: (limit) => `再多一个文本，这些内核在此设备上就处理不了：${limit}`,
    noTime: (note) => `没有时间：${note}`,
    noted: (label, ns, words, example) =>
      spaced`${label}在 n = ${ns.length > 4 ? spaced`${formatCount(Math.min(...ns))}至${formatCount(Math.max(...ns))}` : counts(ns)}时，${words}${example === undefined ? "" : spaced`（此为 n = ${formatCount(example)}时的数字，其余类似）`}。`,
  },

  text: {
    wrote: (arms, { tokens, prompt, temperature, stop, shown, near, held }) =>
      `${spaced`${list(arms)}在提示的${formatCount(prompt)}个 token 之后写出了${arms.length > 1 ? "相同的" : ""}${formatCount(tokens)}个 token`}（${
        temperature === 0 ? "每次取最可能的一个" : spaced`按温度${temperature}抽取`
      }${stop === undefined ? "" : spaced`，遇到停止 token ${stop}而结束`}）：${
        typeof shown === "string" ? `“${shown}”` : spaced`编号${shown.numbers.join("、")}${shown.more ? "……" : ""}`
      }；${
        held === 0
          ? ""
          : spaced`${held === undefined ? "" : spaced`到第${formatCount(held)}个 token 为止，`}float64 ${near === 0 ? "逐个 token 的选择都相同" : spaced`的选择相同，只有${formatCount(near)}处舍入可能改变选择`}${held === undefined ? "" : "；"}`
      }${held === undefined ? "" : spaced`从第${formatCount(held + 1)}个 token 起没有与 float64 对照，因为那里路由器在两个专家之间的差别小到与舍入相当，先后选了不同的专家`}。`,
    parting: ([one, other], token, near) =>
      spaced`${one}与${other}权重相同，却从第${formatCount(token)}个 token 起不同，${near ? "那里舍入可能选中任一个" : "而舍入不足以造成这一差别：其中一个有误"}。`,
    failed: (arms, code) => spaced`${list(arms)}没有写出文本（${whyOf(code)}）。`,
    prompt: (prompt, numbers) => `提示：${prompt === undefined ? "以 token 给出" : `“${prompt}”`}，即 ${numbers}。`,
    paysMore:
      "什么都不保留的方案写每个 token 时，都要让此前的全部 token 重新走一遍，并以尚未写出的位置补足到 2 的幂：核函数是按位置数编译的。因此每个 token 的开销至多是所需的两倍。",
    explained:
      "权重是随机的，因此写出的文本没有意义：它表明，权重相同的方案选出相同的 token，无论它们在 token 之间保留什么。挂钟时间是整个循环（每个 token 提交一次）的时间除以所写的 token 数：只测了一次，因此没有区间。",
    none: "没有写出文本。",
    caption: (prompt, temperature, seed, stop) =>
      `${spaced`模型在 GPU 上接着${formatCount(prompt)}个 token 的提示写出的文本：`}${
        temperature === 0 ? "每次取最可能的一个" : spaced`按温度${temperature}抽取，种子为${seed}`
      }${stop === undefined ? "" : spaced`，遇到 token ${stop}为止`}`,
    tokens: "token 数",
    endedBy: "结束于",
    ended: { stop: "停止 token", length: "预定长度" },
    failure: (code, reason) => `${whyOf(code)}：${reason}`,
    asFloat64: "与 float64 的选择相同",
    ofAll: (some, all) => `${formatCount(some)} / ${formatCount(all)}`,
    msPerToken: "每个 token 的挂钟时间",
    lastError: "最后得分的误差",
    numbers: (numbers) => `token 编号：${numbers}`,
  },

  stages: {
    none: "没有阶段测得时间：没有时间数据，此设备不提供 GPU 时间戳，或一个 token 的各段多于其时钟所能容纳的 2,048 段（约 300 层的模型即如此）。",
    sum: (least, most) =>
      spaced`各阶段在整体之外另行计时，每段连续的步骤自成一个 pass：其总和为整体时间的${formatShare(least)}至${formatShare(most)}。份额以各阶段的总和计。`,
    stage: "阶段",
    share: "份额",
    leastBytes: "最少字节数",
    flops: "执行的 FLOPs",
    all: "每个单元的所有阶段。注意力的 FLOPs 是其内核所执行的；其余各阶段按权重和行数计，不含分块在边缘处白算的部分。",
    shares: "注意力在一个 token 的时间中所占的份额",
    sharesHead: "注意力在一个 token 的时间中所占的份额",
    model: ({ layers, width, vocab, feedForward: fed, firstDense, outputGate }, origin) => {
      const hidden = spaced`宽${formatCount(fed.hidden)}`;
      const network =
        fed.kind === "experts"
          ? spaced`每层的前馈网络从${formatCount(fed.experts)}个${hidden}的专家中选用${formatCount(fed.active)}个`
          : spaced`每层的前馈网络${hidden}`;
      const shared = fed.kind === "experts" && fed.shared ? spaced`，另有一个宽${formatCount(fed.shared)}的专家供所有 token 共用` : "";
      const dense = firstDense ? spaced`（前${formatCount(firstDense.layers)}层没有专家，其前馈网络宽${formatCount(firstDense.hidden)}）` : "";
      const gates = outputGate ? (outputGate === "all" ? "，注意力的输出带有门控" : "，线性注意力的输出带有门控") : "";
      const shape =
        origin === undefined
          ? ""
          : spaced`；形状取自 ${origin.preset}${origin.scale === 1 ? "" : spaced`，按${origin.scale}倍缩放`}${origin.isOwn ? "" : "，部分尺寸另行指定"}`;
      return spaced`模型有${formatCount(layers)}层，宽${formatCount(width)}，${network}${shared}${dense}${gates}，共有${formatCount(vocab)}种不同的 token${shape}。`;
    },
    pattern: (preset, layers, parameters, like, unlike, last, heads) => {
      const headsOf = ({ mechanism, heads: all, kvHeads, keyHeads = all, headDim }: LayerHeads): string =>
        spaced`${mechanism} 层有${formatCount(all)}个头，每头${formatCount(headDim)}个通道${keyHeads < all ? spaced`（查询和键有${formatCount(keyHeads)}个头）` : kvHeads < all ? spaced`（键和值有${formatCount(kvHeads)}个头）` : ""}`;
      const turn = spaced`${preset}的各层依次为${layers}${last === undefined ? "" : spaced`，最后一层为${last}`}${parameters.map(([name, value]) => `，${name} 为 ${value}`).join("")}${heads.map((one) => `，${headsOf(one)}`).join("")}`;
      if (like.length === 0) return `${turn}：没有方案是这样。`;
      return `${turn}：${spaced`${list(like)}也是如此`}${unlike.length === 0 ? "" : spaced`，${list(unlike)}则不是`}。`;
    },
    tokenizer: (parts) =>
      parts.length === 0
        ? ""
        : `在这一切之前，先在 CPU 上把文本切分为 token，以挂钟计时：${parts
            .map(
              ({ encoding, characters, tokens, msPerToken }) =>
                spaced`${encoding}把${formatCount(characters)}个字符的文本切成${formatCount(tokens)}个 token，每个${bracketed(msPerToken, formatMs)}`,
            )
            .join("；")}。任何阶段和整体的时间都不含这部分。`,
    crossings:
      "n*：超过此长度后，后者用时少于前者。一列只按注意力的时间（所有层合计），一列按整个 token 的时间。注意力以外的部分若在两者之间不同，就会使这两个 n* 彼此分开。",
    first: "前者",
    second: "后者",
    attentionAlone: "仅注意力",
    wholeToken: "整个 token",
    wholeText: "整段文本",
    ofTexts: (parts) =>
      parts.length === 0
        ? ""
        : `就从零开始逐个 token 写出的整段文本而言，注意力所占的份额：${parts
            .map(({ arm, share, ms, n }) => spaced`${arm}写${formatCount(n)}个 token 用时${formatMs(ms)}，其中占${formatShare(share)}`)
            .join("；")}。`,
    textsCaption: (batched) => (batched ? "n 个 token 的整段文本，按阶段，一批文本合计" : "n 个 token 的整段文本，按阶段"),
    addedUp:
      "由上面各 token 的时间累加而得，在测得的各 n 之间取抛物线：并没有写出文本。区间为各 token 区间之和，如同所有误差都偏向一边。份额以各阶段的总和计。",
  },

  why: whyOf,
  whyCounted: (reasons) => reasons.map(({ code, count }) => spaced`${whyOf(code)}：${formatCount(count)}个`).join("；"),

  outcome: {
    nothing: (reasons) => `什么也没有测得${reasons.length > 0 ? `：${reasons.map(({ code, reason }) => `${whyOf(code)}（${reason}）`).join("、")}` : ""}。`,
    failed: (arm, places) =>
      spaced`${arm}在${places.map(({ shape, ns, code }) => `${shape === "" ? "" : `${shape}、`}n = ${counts(ns)}（${whyOf(code)}）`).join("，")}处失败，那里没有时间数据。`,
    interrupted: "运行被中断：以下仅就中断前已测得的部分而言。",
    brokeOff: "运行中途出错：以下仅就此前已测得的部分而言。",
    missing: (missing, of) => `${shards(missing, of)}缺失：对其单元无从说起。`,
    interruptedShards: (numbers, of) => `${shards(numbers, of)}被中断：以下仅就此前已测得的部分而言。`,
    failedShards: (numbers, of) => `${shards(numbers, of)}中途出错：以下仅就此前已测得的部分而言。`,
  },

  tuning: {
    name: (arm, shape) => `${arm}${shapeText(shape)}`,
    notTimed: (name, note) => spaced`${name}的各变体未计时（${note}）：沿用默认变体。`,
    stays: (name, variants, n, against) =>
      spaced`在 n = ${formatCount(n)}处${against === undefined ? "" : spaced`（${against}的用时在此与之最接近）`}对${name}的${variants}个变体计时，沿用默认变体：没有哪一个明显更快。`,
    used: (name, variants, n, against, { variant, gain, cells }) =>
      spaced`在 n = ${formatCount(n)}处${against === undefined ? "" : spaced`（${against}的用时在此与之最接近）`}对${name}的${variants}个变体计时，采用${variant}${gain === undefined ? "" : spaced`，在此比默认变体快，为其${formatNumber(gain)}倍`}${cells[0] === cells[1] ? "" : spaced`，用于其${cells[1]}个单元中的${cells[0]}个`}。`,
    explained:
      "在计入结果的轮次之前，对每个方案的各变体先做校验，再分回合计时，每个方案用时相同，取两类方案快慢大致相当的 n。变体只有明显更快，才取代默认变体。这些时间都不计入结果。",
    caption: "各变体一次重复的时间：变体即核函数的分块大小与路径。",
    variant: "变体",
    rounds: "回合数",
    choice: "选择",
    verdict: (isDefault, isUsed, failure) =>
      [...(isDefault ? ["默认"] : []), ...(isUsed ? ["采用"] : []), ...(failure === undefined ? [] : [failure])].join("，"),
  },

  expectation: {
    unreadable: (text, flaw) => `预期“${text}”无法解析：${flaw}。`,
    told: (text, verdict, seen) => `预期“${text}”${{ pass: "成立", fail: "不成立", undecided: "尚未定论" }[verdict]}：${seen.join("；")}。`,
    classes: (what, classes) => spaced`${what}判为${list(classes.map((law) => (law === "undecided" ? "未定" : law)))}`,
    notMeasured: (what) => spaced`${what}未测得`,
    measured: (sides) => spaced`测得${list(sides)}`,
    unknown: "未测得或尚未定论",
    moreThan: (value) => `大于 ${formatNumber(value)}`,
    atMost: (value) => `不超过 ${formatNumber(value)}`,
    within: ({ value, low, high }) => `${formatNumber(value)}（${formatNumber(low)} 至 ${formatNumber(high)}）`,
  },

  warning: {
    contradicted: (arm, claim, metric, found) => spaced`${arm}声称${metric === "time" ? "时间" : "状态字节数"}为${claim}，但测得的是${found}。`,
    notOk: (status, cells, reasons) => {
      const told = reasons.map(({ code, names }) => `${whyOf(code)}：${names}`).join("；");
      return spaced`${formatCount(cells[1])}个点中有${formatCount(cells[0])}个${status === "censored" ? "未测完" : "被跳过"}：${told}。`;
    },
    cell: (arm, n, shape) => spaced`${arm}（n = ${formatCount(n)}${shape === "" ? "" : `，${shape}`}）`,
    names: (ids, more) => (more > 0 ? spaced`${ids.join("、")}等${ids.length + more}个` : list(ids)),
    wide: (cells, precision, stopped) => {
      const why: Readonly<Record<string, string>> = { maxTime: "；测量时间已用尽", interrupted: "；测量被中断", noWorker: "；测量中途出错" };
      return spaced`${formatCount(cells)}个单元的区间比要求的 ±${formatShare(precision)}更宽${(stopped && why[stopped]) ?? ""}。`;
    },
    exponent: (arm, place, halfWidth, more) => spaced`${arm}${shapeText(place)}的指数只精确到 ±${twoDigits(halfWidth)}，几种规律都还有可能${others(more)}。`,
    crossover: (arms, place, n, halfWidth, asked, more) => {
      const known = halfWidth === undefined ? "只有上限" : spaced`只精确到 ±${formatShare(halfWidth)}`;
      return spaced`${list(arms)}${shapeText(place)}的 n* ${n ? spaced`可能是${formatCount(n.low)}至${formatCount(n.high)}之间的任何值（95 % 置信区间）` : known}，而本应测到 ±${formatShare(asked)}${others(more)}。`;
    },
    sentinel: (jumped, pairs, discarded) =>
      spaced`一个始终不变的核函数在轮次前后各计时一次，${formatCount(pairs)}对中有${formatCount(jumped)}对的用时变化超过十分之一${discarded > 0 ? spaced`（其中${formatCount(discarded)}轮已重做）` : ""}：有别的程序占用了此设备，或其时钟频率变了。本次运行的时间不可信到更高的精度。`,
    losses: (cell, reason, losses, failed) =>
      spaced`测量 ${cell} 时工作进程丢失（${reason}）${losses > 1 ? spaced`，另有${formatCount(losses - 1)}次访问也是如此` : ""}：已由新的工作进程重做${failed > 0 ? spaced`，其中${formatCount(failed)}个单元重做后仍然失败` : ""}。`,
    wallClock: (partOffGpu) => `时间为挂钟时间，因为${partOffGpu ? "计时的内容有一部分不在 GPU 上" : "此适配器不提供 GPU 时间戳"}：其中包含提交和等待的时间。`,
    oneProcess: "所有时间都来自一个进程；进程之间的差异有多大，不包含在区间之内。",
    fewTurns: (turns) => spaced`只做了${turns}轮：区间偏宽，也看不出漂移。`,
    composed: (arms) => spaced`${list(arms)}未经测量：每层的时间和状态取其各组成层的平均值。`,
    noCeilings: (failure) => `未能测出此设备的性能上限（${failure}），因此占上限的份额未知：时间也不可信。`,
    suspect: (names, cells, most) =>
      spaced`${names}快于本次运行自身对内存与算力的测试所示的设备极限（${cells === 1 ? "" : "最多"}为上限的${formatShare(most)}）：那些测试进行时设备较慢，或所读字节来自缓存。本次运行中占性能上限的比例都不应当作精确值。`,
    alone: (arms) => spaced`${list(arms)}：在某些 n 或尺寸上，我们没有计算相同内容的方案，因此该处无从比较。`,
    shard: (index, of) => spaced`这是${of}个分片中的第${index}个，只含实验的部分单元：用 attnbench merge 可将各分片合并。`,
    merged: (parts) =>
      spaced`${formatCount(parts)}个分片各自测量，可能在不同的机器上。同一形状的所有方案都在同一个分片中；不同形状之间，时间还会因机器而异，这不包含在任何区间之内。`,
    unknownChanges: (shards) => spaced`分片${list(shards.map(formatCount))}测量时带有未记录的未提交改动：各分片是否出自同一份代码，不得而知。`,
    cutSweep: (variables) => spaced`时间如何随${list(variables)}增长，无从说起：其取值分散在几个分片中。减少分片数可使它们在一起。`,
    ofShards: (numbers, text) => spaced`第${counts(numbers)}个分片：${text}`,
    interrupted: (cells) => `本次运行被中断：${tally(cells)}。此处显示的是中断前已测得的结果。`,
    failed: "本次运行因出错而中止。此处显示的是此前已测得的结果。",
    running: "本次运行尚未结束。此处显示的是目前已测得的结果。",
    software: "测量是在模拟 GPU 的 CPU 上进行的。时间和内存如何增长，适用于 GPU；时间本身以及从多长起谁更快，则不适用。",
    noGpuClock: (partOffGpu) => `${partOffGpu ? "计时的内容有一部分不在 GPU 上" : "此适配器没有 GPU 时钟"}：时间为挂钟时间，包含提交工作的开销。`,
    dirty: "基准测试自身的代码有未提交的改动。",
  },

  page: {
    question: (ofPhase, memoryBytes) =>
      memoryBytes !== undefined
        ? spaced`${formatBytes(memoryBytes)} 内存能同时容纳多少个文本，合计每秒能写出多少个 token？`
        : {
            prefill: "一次读入 n 个 token，时间和内存随长度如何增长？",
            decode: "已有 n 个 token 之后再生成一个，时间和内存随长度如何增长？",
            generate: "逐个写出 n 个 token，时间和内存随长度如何增长？",
            tokenLoop: "前面已有 n 个 token，下一个 token 走完整个模型需要多少时间和内存？",
            offload: "n 个 token 的状态离开了 GPU，搬回来与重新计算哪个更快？",
          }[ofPhase],
    answer: "结论",
    emulationCaveat: "此处由 CPU 模拟 GPU：增长规律适用于 GPU；时间，以及从多长起谁更快，都不适用。",
    compared: (kinds) => {
      const does = { softmax: "softmax 注意力要回看此前的所有 token", linear: "线性注意力只保留一份大小固定的摘要" };
      return `一个 token 约为 ¾ 个英文单词。${kinds.length === 0 ? "" : `读或写每一个时，${kinds.map((kind) => does[kind]).join("；")}。`}`;
    },
    words: "词语解释",
    found: "测量结果",
    expected: "预期",
    warnings: "注意事项",
    verdict: { pass: "✓ 符合", fail: "✕ 不符合", undecided: "? 未定" },
    nothingMeasured: (cells, reasons) => `什么也没有测得，因此本次运行没有结论：${tally(cells)}${reasons === "" ? "" : `（${reasons}）`}。`,
    tooLittle: (cells) => `${tally(cells)}；不足以得出结论。下表列出现有的数据。`,
    allMet: (all) => (all === 1 ? "实验的预期得到了满足。" : spaced`${all}项预期全部得到满足。`),
    someMet: (all, missed, open) =>
      spaced`${formatCount(all)}项预期中，${[...(missed > 0 ? [spaced`${missed}项不符合`] : []), ...(open > 0 ? [spaced`${open}项未定`] : [])].join("，")}。`,
    madeBy: (version, run) => `由 attnbench ${version} 根据运行 ${run} 生成。本页的结果是经 zlib 压缩、以 base64 编码的 JSON，存于元素 `,
    madeByEnd: " 中；原始样本在该次运行的文件夹里。",
    claims: "论断",
    written: "写出的文本",
    dataOfFigure: "此图的数据",
    whole: "问题全文",
    readFigure: "此图如何读，以及其数据",
    colours: "颜色",
  },

  sure: {
    heading: "有多可靠？",
    more: (more) => spaced`另有${more}条提醒`,
    widths: (middle, worst, unsteady) => {
      const why = unsteady ? spaced`：机器不稳定，${formatCount(unsteady.pairs)}次检查中有${formatCount(unsteady.jumped)}次速度突变` : "";
      return middle > 1
        ? spaced`半数所示时间，真值可能是其${formatTimes(1 + middle)}倍或更多${why}。`
        : spaced`半数所示时间的误差不超过${formatShare(middle)}，最差的可能${sidesText(worst)}${why}。`;
    },
    failed: (arm, places) => spaced`${arm}：${places.map(({ code, ns }) => spaced`长${counts(ns)}个 token 时${whyOf(code)}`).join("，")}，因此那里没有时间。`,
    within: (arm, program) => spaced`${program}中的${arm}`,
    answer: (ns, speed, below, shapes, programs) => {
      const over = shapes > 1 ? `（涵盖全部 ${formatCount(shapes)} 种形状）` : "";
      const byPlace = ns.some(({ place }) => place !== "");
      const from = ns.map(
        ({ place, n }, i) => spaced`${place === "" ? "" : spaced`${place}时`}从${formatCount(n.low)}至${formatCount(n.high)}个${i === 0 ? " token " : ""}起`,
      );
      const parts = [
        ...(from.length === 0 ? [] : [from.join("，")]),
        ...(speed === undefined ? [] : [spaced`倍数为${formatTimes(speed.low)}至${formatTimes(speed.high)}${byPlace ? over : ""}`]),
        ...(below === undefined ? [] : [spaced`更短时为${formatTimes(below.low)}至${formatTimes(below.high)}倍`]),
        ...programs.map(({ place, n }) => spaced`用${place}时从${formatCount(n.low)}至${formatCount(n.high)}个 token 起`),
      ];
      return spaced`95 % 置信区间${byPlace ? "" : over}：${parts.join("；")}。`;
    },
    projected: ({ n, batch }) =>
      spaced`这么多文本合计每秒的 token 数为推算：实测至多${formatCount(batch)}个文本、${formatCount(n)}个 token，更远之处没有置信区间。`,
    serving: (n, arms) =>
      spaced`95 % 置信区间（每个文本${formatCount(n)}个 token 时）：${arms.map(({ arm, rate }) => spaced`${arm}每秒${formatNumber(rate.low)}至${formatNumber(rate.high)}个 token`).join("；")}。`,
    unequal: (n, [upper, lower]) => {
      const [better, other] = upper.share.value > lower.share.value ? [upper, lower] : [lower, upper];
      return spaced`差距有一部分来自程序本身：${better.arm}的程序更善于利用此设备：在${formatCount(n)}个 token 时达到其所能的${shareText(better.share)}，${other.arm}的为${shareText(other.share)}。若两者的程序同样好，${lower.arm}的表现会比这里${better === upper ? "更好" : "更差"}。`;
    },
    broughtBack: (n, arms) =>
      spaced`95 % 置信区间：长${formatCount(n)}个 token 时，${arms.map(({ arm, times }) => spaced`速度是后者的${formatTimes(times.low)}至${formatTimes(times.high)}倍（${arm}）`).join("；")}。`,
    unsteady: (jumped, pairs) => spaced`机器不稳定：${formatCount(pairs)}次检查中有${formatCount(jumped)}次，其速度变化超过十分之一。`,
    restsOn: "依据",
    nothing: "没有时间可谈可靠与否：一个单元也没有测得。",
    intervals: (precision) => `区间为中位数的 95 % 自助法（bootstrap）区间；要求的精度为 ±${formatShare(precision)}。`,
    shortest: (ms, steps) => `最短的时间为 ${formatMs(ms)}，合时钟的 ${formatCount(steps)} 个步长；短的核函数一次计时多遍。`,
    wide: (cells, ranOut) => `测量结束时，${formatCount(cells)} 个单元的区间${ranOut ? "因时间不足而" : ""}比要求的更宽；见表中所列。`,
    covers: "区间只涵盖本次运行中轮次之间、进程之间的变化，不涵盖换一个驱动、时钟频率或机器所带来的变化。",
    undecided: (fits, all) => `${formatCount(all)} 个拟合中有 ${formatCount(fits)} 个无法由这些点判定；拟合表说明还需测量什么。`,
  },

  measuredModel: {
    own: ({ layers, width }) => spaced`测量的模型有${formatCount(layers)}层，宽${formatCount(width)}，权重是随机的。`,
    whole: (title) => spaced`测量的模型尺寸与${title}相同，权重是随机的。`,
    shrunk: (model) => spaced`测量的不是${model.title}本身，而是按其结构搭建的模型：${shrunkText(model)}，权重是随机的。`,
    itself: (title) => spaced`${title}本身。`,
    brief: (model) => `由按其结构搭建的模型代替：${shrunkText(model)}，权重是随机的。`,
    meaning: ({ title, width, layers, vocab, hidden, experts, even }) =>
      `${spaced`结构与${title}相同，尺寸为（斜线后为原模型的）：`}${[
        `宽度 ${besideText(width)}`,
        `层数 ${besideText(layers)}`,
        ...(experts ? [`专家数 ${besideText(experts)}`] : []),
        `${experts ? "每个专家" : "前馈网络"}的通道数 ${besideText(hidden)}`,
        `词表 ${besideText(vocab)}`,
      ].join("，")}。${spaced`因此这里的时间和 n* 都不是${title}的。`}${
        even
          ? spaced`若各层都用 softmax，注意力的乘加次数在这里到 n = ${formatCount(even.own)}时与全部权重的相等，在${title}中则要到 n = ${formatCount(even.published)}。`
          : ""
      }`,
  },

  limits: {
    heading: "本页不能说明什么",
    meaning: "这意味着什么",
    model: {
      what: "训练好的模型。",
      brief: "权重是随机的。",
      meaning:
        "实际模型另有的部分未包括在内：短卷积、偏置、softmax 层中查询和键的归一化、查询、键和值的激活函数、残差的缩放，以及潜在注意力自己的投影和宽度。分词器在 CPU 上单独计时；文本输出的过程则未计时。",
      moved: "实际模型另有的部分未包括在内：短卷积、偏置、softmax 层中查询和键的归一化、查询、键和值的激活函数、残差的缩放，以及潜在注意力自己的投影和宽度。",
    },
    rest: "模型的其余部分。",
    layer: {
      prefill: "只对一层注意力计时，读入一段提示词。",
      decode: "只对一层注意力计时，再生成一个 token。",
      generate: "只对一层注意力计时，逐个 token 进行。",
      offload: "只对一层注意力的状态计时，搬回来或重新计算。",
    },
    around: (moved) =>
      `q、k、v、o 的投影，归一化，门控，卷积和前馈网络均未计时。${
        moved
          ? "重新计算状态时，此前所有层的这些部分也要计算，搬回来的状态则不需要，因此在完整模型中，搬回来比本页所示更早合算。"
          : "其中多数对两类注意力的开销大致相同，因此完整模型之间的差距比本页所示的小。"
      }`,
    quality: { what: "质量。", brief: "输入是随机的；更快的可能记住的更少。", meaning: "更快的机制可能记住的更少；训练好的模型会如何作答，这里无从说明。" },
    gpu: {
      what: "GPU 有多快。",
      brief: "这里由 CPU 代做 GPU 的工作。",
      meaning: "完全没有用到 GPU：增长规律和字节数可以外推到 GPU，时间和 n* 不可以，请以在您自己的 GPU 上的运行为准。",
    },
    devices: {
      what: "其他设备如何。",
      brief: "时间都是这块 GPU 的。",
      meaning: "n* 随计算速度、内存速度、驱动和核函数的质量而变，请在您自己的设备上运行。",
    },
    kernels: {
      what: "最优的程序。",
      brief: "GPU 厂商自己的程序可能更快。",
      meaning: "此处为经由 WebGPU 运行的 WGSL；无论哪一方，厂商的库都可能更快。",
      chunks: "线性注意力在此分块读入提示词，这是为 GPU 的成千线程而设的；在 CPU 模拟上逐个 token 计算（recurrent 形式）更快，n* 会更小。",
    },
  },

  trust: {
    label: "数据的依据",
    device: "设备",
    realGpu: (backend) => `真实的 GPU，经由 ${backend}`,
    emulated: (name, backend) => `模拟 GPU 的 CPU（${name}, ${backend}）`,
    clock: "时钟",
    gpuClock: "GPU 时间戳",
    wallClock: "挂钟时间",
    peersByWall: "与其他运行时相比时用挂钟时间",
    steps: (ms) => `步长 ${formatMs(ms)}`,
    samples: "样本",
    noSamples: "无",
    aPoint: (least, most) => `每点 ${least === most ? formatCount(least) : `${formatCount(least)}–${formatCount(most)}`} 个`,
    turns: (turns, processes, inEachShard) =>
      `${inEachShard ? "每个分片至少" : ""}${spaced`${""}${formatCount(turns)}轮，分布于${formatCount(processes)}个进程`}`,
    verified: "校验",
    noneVerified: "无",
    verifiedCells: (groups) =>
      groups
        .map(({ whose, right, wrong }) => {
          const of = groups.length > 1 ? spaced`${whose === undefined ? "本工具的" : spaced`${whose}的`}` : "";
          if (wrong === 0) return spaced`${of}${formatCount(right)}个单元正确`;
          return right === 0 ? spaced`${of}${formatCount(wrong)}个单元有误` : spaced`${of}${formatCount(wrong + right)}个单元中${formatCount(wrong)}个有误`;
        })
        .join("；"),
    errors: (groups) =>
      groups
        .flatMap(({ whose, worst, wrong, offBy }) => {
          const of = groups.length > 1 ? spaced`${whose === undefined ? "本工具的" : spaced`${whose}的`}` : "";
          return [
            ...(worst ? [spaced`${of}${wrong > 0 ? "正确单元的" : ""}最大误差${formatNumber(worst.error)}，容差${formatNumber(worst.tolerance)}`] : []),
            ...(offBy === undefined ? [] : [spaced`${of}错误输出偏离${String(offBy)}`]),
          ];
        })
        .join("；"),
    outcomes: "测量情况",
    allMeasured: (cells) => (cells === 1 ? "唯一的单元已测得" : `${formatCount(cells)} 个单元全部测得`),
    noise: "噪声",
    typically: (share) => (share > 1 ? spaced`可能长至${formatTimes(1 + share)}倍` : `误差不超过 ${formatShare(share)}`),
    atWorst: (worst) => spaced`半数点至少精确到这个程度（95 % 置信区间），最差的可能${sidesText(worst)}`,
    drift: "漂移",
    pace: (least, most) => `${least} 至 ${most}`,
    steadiness: (bySentinel, { turns, jumped, again }) =>
      `${bySentinel ? "各轮中一个小核函数的用时" : "各轮中所有单元共同的用时"}${bySentinel ? `；${formatCount(turns)} 轮中${jumped === 0 ? "没有突变" : `有 ${formatCount(jumped)} 轮突变，重做 ${formatCount(again)} 轮`}` : ""}`,
    ceiling: "占性能上限的比例",
    shares: (arms, more) => `${arms.map(({ arm, share }) => `${arm} ${formatShare(share)}`).join("，")}${more > 0 ? `，另有 ${formatCount(more)} 个` : ""}`,
    atBest: "最好时，相对于此设备的内存或算力所允许的程度",
    above: { perhaps: "高于 100 %：在误差范围内与本次运行自身对设备的测试一样快", surely: "高于 100 %：本次运行自身对设备的测试不及该单元" },
    versions: "版本",
    dawn: (version) => `webgpu ${version}（Dawn）`,
    driver: (description) => `驱动 ${description}`,
    efficiency: "用于计时的时间",
    ofMeasuring: (ms) => `占测量用时 ${formatMs(ms)}`,
    code: "代码",
    measuredBy: "测量所用的代码",
    analysedBy: "分析所用的代码",
    apart: "与写出此次运行文件夹的代码不同：区间和文字可能与其中的 run.json 和 CSV 文件不一致",
    together: "此次运行文件夹中的 run.json 和 CSV 文件出自同一次分析",
    noCommit: "提交未知",
    dirty: "，有未提交的改动",
    run: "运行",
    experiment: (hash) => `实验 ${hash}`,
    shardOf: (index, of) => `，分片 ${index}/${of}`,
    mergedOf: (parts, all) => `，由 ${formatCount(all)} 个分片中的 ${formatCount(parts)} 个合并而成`,
  },

  tally,

  method: {
    heading: "方法",
    cell: (ofPhase, em) => [
      "一个",
      em("单元"),
      spaced`是一种机制以一种实现形式在一种形状下的测量。其时间是${repetition[ofPhase]}的时间；n 是${meaningOfN[ofPhase]}。每个单元先经校验：把输出填满 NaN，在此设备、此形状下计算，再与 float64 参考结果比较。结果有误的单元不计时。`,
    ],
    turns: (told) =>
      spaced`随后按轮次逐一测量各单元，使机器的缓慢漂移对它们一视同仁，${told.processes > 1 ? "并分在几个进程中进行，因为结果会因进程而异" : "此处只用了一个进程，尽管结果会因进程而异"}。一个样本是连续多次重复的用时除以次数${told.gpuClock ? "，取 GPU 的两个时间戳之差" : "，以挂钟计时"}。${told.cache}测量持续到每个中位数精确到 ±${formatShare(told.precision)}、每个 n* 精确到 ±${formatShare(told.crossing)}，或用满${formatMs(told.maxTimeMs)}为止${told.ranOut ? "；此处是时间用尽" : ""}。每轮前后各运行一个始终不变的小核函数，以察觉设备本身的快慢是否改变；若有改变，该轮重做，重做的轮次至多占四分之一。${told.refined ? "在已测方案的每个 n* 附近，比计划多测了一些 n。" : ""}`,
    growth: (em) => [
      "增长以平滑曲线 t₀ + a·n + b·n² 描述，各项不为负，对中位数拟合；",
      em("斜率"),
      "是曲线右端 log 时间对 log n 的斜率（1：成正比，2：成平方）。斜率和 ",
      em("n*"),
      "（第一种方案仍低于第二种的最大 n）的区间，取自各项可正可负的曲线。图、规律和 n* 都只限于测得的 n；关于更长文本的数值另列一表，注明为外推。",
    ],
    ceilings: (told) =>
      `本次运行在此适配器上测得的性能上限：读 ${formatNumber(told.readGbps)} GB/s，复制 ${formatNumber(told.copyGbps)} GB/s，乘加 ${formatNumber(told.fmaGflops)} GFLOP/s，一次空的 dispatch ${formatMs(told.emptyDispatchMs)}${told.cacheKneeBytes === undefined ? "" : `，超过 ${formatBytes(told.cacheKneeBytes)} 后读取变慢`}。`,
    otherCache: (arms, cache) => spaced`${list(arms)}则从${cache === "hot" ? "热" : "冷"}缓存读取。`,
    warmCache: "缓存是热的：每次重复都读同一块内存。",
    noKnee: "本应使缓存为冷，但把读取分散到更多内存上并不变慢：没有找到缓存的边界，因此每次重复都读同一块内存。",
    coldCache: (copies, someShardsWithout) =>
      `缓存是冷的：读取的内容在若干副本（至多 ${formatCount(copies)} 份）之间轮换，其总量为末级缓存容量的两倍${someShardsWithout ? "；在没有找到缓存边界的分片中，每次重复都读同一块内存" : ""}。`,
  },

  orders: {
    heading: "什么是 O(n²)？",
    says: "它说的是工作量如何随文本长度 n 增长，与设备无关。O(n²) 是平方：文本长到 2 倍，工作量是 4 倍；文本长到 10 倍，工作量是 100 倍。softmax 注意力把每个 token 与它自己和此前的所有 token 逐一比较：1,000 个 token 的文本约有五十万次比较，2,000 个 token 约有两百万次。O(n) 是成正比：文本长到 2 倍，工作量也是 2 倍。O(1) 是无论文本多长都一样。它不说明工作量起初有多大，因此在文本足够长之前，O(n) 可能比 O(n²) 更慢。",
    tiled: "softmax 的时间是 O(n²)，内存为什么只是 O(n)？",
    tiledSays:
      "n 个 token 的全部比较会填满一张 n × n 的数表。形式 naive 保存这张表，作为其状态之外的工作内存。形式 tiled 与 split 从不保存它：每次只处理一小块，对每个 token 记下到目前为止的和与见过的最大值，然后丢弃这一块。需要保留的只有键和值，每个 token 各一个：文本长到 2 倍，内存也是 2 倍。时间则仍是全部比较的时间。",
  },

  glossary: {
    heading: "词语解释",
    terms: {
      token: { term: "token（词元）", meaning: "文本的一小段，约为四分之三个英文单词；模型逐个地读和写" },
      cell: { term: "单元", meaning: "图上的一个点：一种注意力在一种长度和大小下的测量，重复多次" },
      n: { term: "n（长度）", meaning: "文本的长度，以 token 计" },
      dModel: { term: "dModel（宽度）", meaning: "注意力的宽度：其中用多少个数表示一个 token，即头数 × headDim" },
      head: { term: "头", meaning: "注意力并列工作的几个部分之一，每个宽 headDim 个数" },
      prefill: { term: "预填充（prefill）", meaning: "读入提示词：n 个 token 一次全部读入" },
      decode: { term: "解码（decode）", meaning: "在已有 n 个 token 之后再生成一个 token" },
      generate: { term: "生成（generate）", meaning: "逐个 token 地写出 n 个 token 的整段文本" },
      tokenLoop: { term: "整个模型（tokenLoop）", meaning: "在已有 n 个 token 之后，一个 token 走完整个模型" },
      offload: { term: "移出（offload）", meaning: "把属于一段文本的内容保留在 GPU 内存之外，再搬回来" },
      cache: { term: "KV 缓存", meaning: "softmax 注意力为此前的 token 保留的内容：每个 token 一个键和一个值，因此随 n 增长" },
      state: { term: "循环状态", meaning: "线性注意力所保留的内容：每个头一张大小固定的表，由每个 token 更新" },
      order: { term: "O(…)（增长）", meaning: "时间或内存如何随 n 增长：O(1) 不增长，O(n) 成正比，O(n²) 成平方" },
      crossover: { term: "n*（交叉点）", meaning: "第一种方案仍低于第二种的最大长度；更长时第二种一直低于第一种" },
      interval: { term: "95 % 置信区间", meaning: "认为一个数所在的范围：以同样的方式重测，100 个这样的范围中有 95 个含有真值" },
      ceiling: { term: "性能上限", meaning: "此设备在本次运行自己的测试中达到的最高水平：每秒搬移的字节数，或每秒的计算次数" },
      emulation: { term: "CPU 模拟", meaning: "在处理器上代做 GPU 工作的程序：其增长规律与 GPU 相同，时间则不同" },
    },
  },

  environment: {
    heading: "环境",
    adapter: "适配器",
    asked: "请求的，得到的",
    backend: "后端",
    deviceClass: "设备类别",
    deviceClasses: { hardware: "硬件", software: "软件" },
    clock: "时钟",
    clockOf: (source, stepNs) => `${source === "gpu" ? "GPU 时钟" : "挂钟"}，步长 ${formatNumber(stepNs)} ns`,
    features: "特性",
    limits: "限制",
    togglesOn: "启用的开关",
    togglesOff: "禁用的开关",
    cpu: "CPU",
    cores: (model, cores) => `${model}，${formatCount(cores)} 核`,
    memory: "内存",
    system: "系统",
    node: "Node",
    packages: "软件包",
    started: "开始",
    ended: "结束",
    notEnded: "尚未结束",
    peakMemory: "工作进程与命令的内存峰值",
  },

  reproduce: {
    heading: "重现",
    commit: "，提交 ",
    seed: (seed) => `，种子 ${seed}：`,
    file: "实验文件",
    take: "下载与引用",
    samples: (carried) =>
      carried
        ? "本页带有全部样本，时间取五位有效数字：“样本（CSV）”中每个样本一行；运行文件夹中的 samples.csv 有全部位数。"
        : "样本太多，本页放不下，或者没有样本：运行文件夹中的 samples.csv 里每个样本一行。",
    quote: "结果只属于这台设备：引用时请注明。例如：",
  },

  figures: {
    heading: "图",
    noTime: "没有时间图：没有单元测得时间。单元表说明了原因。",
    more: (pairs) => `另有 ${formatCount(pairs)} 对方案`,
    nothing: "此处没有可画的内容。",
    reaches: (arms, variable) => `${arms.map(({ arm, x }) => spaced`${arm}测到${variable} = ${formatCount(x)}`).join("；")}。`,
    fromTo: (where, least, most, less) =>
      spaced`在${where}处：从${least.arm}的${least.value}到${most.arm}的${most.value}（${less.undrifted ? "扣除整台机器快慢的变化后，" : ""}${less.times}）。`,
    ends: (where, arms, beside) =>
      spaced`在${where}处：${arms.map(({ arm, value, less }) => spaced`${arm}为${value}${less === undefined ? "" : spaced`（${less.undrifted ? "扣除整台机器快慢的变化后，" : ""}${beside}是其${less.times.replace("×", "")}倍）`}`).join("，")}。`,
    broughtBack: (arms, paired) =>
      spaced`与重新计算相比：${arms.map(({ arm, times }) => spaced`${arm}的速度是其${formatTimes(times.value)}倍`).join("，")}${paired ? "（已除去整台机器快慢的变化）" : ""}。`,
    answerEnds: (n, arms, less) => {
      const found =
        less && less.high > less.low
          ? `（${less.undrifted ? "已扣除整台机器快慢的变化，" : ""}${interval(formatTimes(less.low), formatTimes(less.high))}）`
          : "";
      return spaced`${formatCount(n)}个 token 时：${arms.map(({ arm, value }) => spaced`${arm}为${value}`).join("，")}${less === undefined ? "" : spaced`，前者是后者的${formatTimes(less.value)}倍${found}`}。`;
    },
    answerMarks: (metric, winner, statuses) => {
      const better = metric === "time" ? "更快" : "更小";
      return `越低${better}；坐标轴每一格都是成倍变化。${winner === undefined ? "" : spaced`竖线：从那里起${winner.arm}${better}${winner.latest ? "，也可能更早" : "，灰色为其 95 % 置信区间"}。`}${metric === "time" ? "短竖条和色带为 95 % 置信区间。" : ""}${statuses.length === 0 ? "" : atEdge(statuses)}`;
    },
    sameValues: (arms) => spaced`${list(arms)}的数值相同；图上互相遮盖。`,
    keepNothing: (arms) => spaced`${list(arms)}在 token 之间不保留任何状态。`,
    growth: (metric, shown) => {
      const time = metric === "time";
      const law = `${time ? "t₀" : "c"} + a·n + b·n²`;
      const parts = [
        time ? "标记为中位数，阴影带为其 95 % 置信区间" : "标记为精确的字节数",
        ...(shown.fitted ? [`曲线为拟合的 ${law}`] : []),
        ...(shown.joined ? ["线段只连接各点，未作拟合"] : []),
        ...(shown.off ? [`一种方案若有标记偏离拟合的 ${law} 达 15 % 以上，则以细线连接其全部标记，不标斜率`] : []),
        ...(shown.beyond ? ["细线连接拟合所略去的标记，因为该规律在那里不成立"] : []),
        ...(shown.guided ? ["细虚线只表示斜率"] : []),
        ...(shown.crossing ? ["竖直虚线为 n*，其灰色条为 95 % 置信区间"] : []),
      ];
      return `${parts.join("；")}。两轴均为对数坐标。${shown.guided && time ? "n 轴下方标出可资比较的长度：一条消息约 50 个 token，一页 500，一篇论文 10,000，一部小说 130,000。" : ""}`;
    },
    doubling: (variable, scaled, steady) =>
      spaced`每个标记是在该${variable}处的时间除以在其一半处的时间：1× 为不变，2× 为成正比，4× 为成平方。${scaled ? "空心：未测其一半，由最近的较短一点起的一步换算为一次加倍。" : ""}每次 dispatch 的固定开销会使短的向 1× 靠拢；整台机器的漂移${steady ? "已经去除" : "在作了拟合的范围内已经去除"}。`,
    heatHeading: ({ upper, lower }) => spaced`${lower}在何处胜过${upper}`,
    heatFaster: (arm) => spaced`${arm}更快，`,
    heatPale: "浅色：未实测，由规律得出",
    heat: ({ upper, lower }, won, measured, crossing) =>
      spaced`在${formatCount(measured)}对中，${lower}有${formatCount(won)}对确定更快，且快十分之一以上。灰色：相差更小，或 95 % 置信区间包含 1×。数字为${upper}的时间 ÷ ${lower}的时间，在作了拟合的范围内已扣除整台机器的漂移，放不下时略去${crossing ? "；虚线为 n*" : ""}。每列是一个测得的 n。`,
    heatFew: ({ upper, lower }, won, measured, byLaw) =>
      spaced`在${formatCount(measured)}对中，${lower}有${formatCount(won)}对确定更快，且快十分之一以上：测得的尺寸太少，不足以成图。数字为${upper}的时间 ÷ ${lower}的时间${byLaw ? "；标有 ≈ 的未经测量，是由 n 与模型宽度的规律给出的值" : ""}。`,
    heatLaws: (pale) =>
      `菱形为由 n 与模型宽度的统一规律得出的 n*，该规律同时拟合一种方案的所有单元${pale ? "；浅色格（放得下数字时标有 ≈）未经测量，是这些规律给出的值" : ""}。规律本身与拟合一起列在下方。`,
    slopes:
      "每前进一小步的指数：文本加长而不增加开销处为 0，长度加倍而开销加倍处为 1，加倍而开销为四倍处为 2。随着启动的固定开销相对变小，它逐渐升到规律本身的指数；整台机器的漂移已经去除。",
    slopesFrom: (arms, variable) =>
      arms.length === 0
        ? "曲线比其时间起得晚之处，规律对更短的不成立。"
        : spaced`${list(arms.map(({ arm, from }) => spaced`${arm}在 ${variable} = ${formatCount(from)} 以下`))}没有指数：所拟合的规律在那里不成立。`,
    slopesNone: (arms, more, few, variable) =>
      spaced`${list([...arms, ...(more > 0 ? [spaced`另外 ${formatCount(more)} 项`] : [])])}没有指数：${few ? spaced`至少需要 4 个 ${variable} 值，且最大值为最小值的 4 倍以上` : "其时间没有拟合出规律"}。`,
    slopesOff: (arms) =>
      spaced`空心：该指数属于一条平滑曲线，而测得的时间呈阶梯状，最多偏离它 ${list(arms.map(({ arm, off }) => spaced`${formatShare(off)}（${arm}）`))}。它们可能高于或低于相邻两点之间的实际增长，后者见加倍图。`,
    crossovers: ({ upper, lower }) =>
      spaced`超过 n* 后，${lower}快于${upper}。“实测”就此设备上的这些核函数而言；“同等利用率”就两者都像其中较好者那样接近设备的能力而言；“理论预测”只就各自必须计算和读取的量而言。`,
    noMark: (place, size, value, why) => spaced`${place === "" ? "" : `${place}：`}${size} ${formatCount(value)}没有实测标记：${why}。`,
    drift: (jumped) =>
      spaced`“哨兵”是每轮前后各计时一次的一个小核函数；“全部单元”是一轮对所有单元的共同影响。哨兵变化超过十分之一的轮次会重做，在时间允许的范围内，至多占全部轮次的四分之一：此处${
        jumped === undefined
          ? "没有这样的轮次"
          : spaced`${formatCount(jumped.turns)} 轮中有 ${formatCount(jumped.jumped)} 轮如此，其中 ${formatCount(jumped.again)} 轮已重做`
      }。所有单元共有的漂移已从规律和 n* 中去除。`,
    driftShards: (parts) =>
      `各分片分开测量：此处其轮次依次相接，各以本分片的中值为准（${parts.map(({ shard, turn }) => `分片 ${formatCount(shard)} 自第 ${formatCount(turn)} 轮起`).join("，")}）。`,
    madeAgain: "重做",
    thinned: (drawn, all) => `${formatCount(all)} 种形状中均匀地画出 ${formatCount(drawn)} 种；全部都在单元表中。`,
    computed: (kinds) => {
      const words = {
        equalShare: "空心菱形为两者都像其中较好者那样接近设备能力时的 n*",
        predicted: "空心方形为只按各自必须计算和读取的量得出的 n*",
      } satisfies Record<(typeof kinds)[number], string>;
      return `n 轴上的${kinds.map((kind) => words[kind]).join("，")}。${kinds.length > 1 ? "两者均" : "它并"}非实测。`;
    },
    computedAt: (places) =>
      `${places
        .map(({ place, pair, marks }) => {
          const own = marks.map(({ kind, n }) => spaced`${kind === "equalShare" ? "菱形" : "方形"} ${formatCount(n)}`);
          return spaced`${place === "" ? "" : `${place}：`}${pair} ${own.join("、")}`;
        })
        .join("；")}。`,
    computedMore: (count, link) => [spaced`另有 ${formatCount(count)} 个见`, link("n* 表"), "。"],
    emptyPlaces: (titles, more) => spaced`没有${list([...titles, ...(more > 0 ? [spaced`另外 ${formatCount(more)} 处`] : [])])}的图，因为没有可画的内容。`,
    above: (shape) => `${shape} 的图见上方结论旁。`,
    gaps: atEdge,
    wherePrefix: (facet, variable, x) => `${facet === undefined ? "" : `${facet}、`}${variable} = ${formatCount(x)}`,
    offload: "离开 GPU 又搬回来的状态",
    peers: (titles) => spaced`与${titles}对比`,
    tuning: "变体",
    shards: "分片",
  },

  charts: {
    repetition: (ofPhase) => repetition[ofPhase],
    repetitionOf: (ofPhase, texts) => `${texts === "batch" ? "一批文本同时" : `${formatCount(texts)} 个文本同时`}，${repetition[ofPhase]}`,
    xTitle: (ofPhase) => `${meaningOfN[ofPhase]}（n）`,
    wallClock: "挂钟时间",
    gpuClock: "GPU 时钟",
    unknownDevice: "未知设备",
    fromHere: (metric, n, arm, brief, latest) =>
      spaced`${latest ? "最迟" : ""}${brief ? "" : "从"}${formatCount(n)}${brief ? "" : "个 token "}起${brief ? "" : "，"}${arm}${metric === "time" ? "更快" : "更小"}`,
    slope: (exponent) => `斜率 ${exponent.toFixed(2)}`,
    slopeIn: (exponent) => `，斜率 ${exponent}`,
    constant: "不变",
    ruler: { message: "消息", page: "一页", paper: "论文", novel: "小说" },
    interval: "95 % 置信区间",
    scaledInterval: "95 % 置信区间；空心：未测其一半，换算为一次加倍",
    timeHeading: (per) => spaced`${per}的时间`,
    timeTitle: (facet) => `时间，${facet}`,
    msPer: (per) => spaced`${per}所需的毫秒数（ms）`,
    timeNote: "中位数，95 % 置信区间",
    nothingMeasured: "未测得",
    at: (value, variable, x) => spaced`${variable} = ${x}时为${value}`,
    logarithmic: (title, what, variable) => spaced`${title}：${what}随${variable}的变化，两轴均为对数坐标`,
    memoryHeading: "需要一路保留的内存（状态）",
    memoryTitle: (facet) => `内存，${facet}`,
    stateOf: (ofPhase) =>
      ({
        prefill: "n 个 token 之后的状态字节数",
        decode: "上下文为 n 个 token 时的状态字节数",
        generate: "n 个 token 之后的状态字节数",
        tokenLoop: "n 个 token 所保留的字节数，全部层",
        offload: "n 个 token 的状态字节数",
      })[ofPhase],
    counted: "计数所得，精确",
    countedHollow: "计数所得；空心：由公式得出，未运行",
    nothingCounted: "未计数",
    doublingHeading: (variable) => spaced`${variable}加倍的代价`,
    doublingTitle: (facet) => `每次加倍，${facet}`,
    doublingAxis: (variable) => spaced`在${variable}处的时间 ÷ 在其一半处的时间`,
    doublingSaid: (title, variable) => spaced`${title}：在${variable}处的时间除以在其一半处的时间`,
    slopesHeading: "时间在各个 n 处增长得多快",
    slopesTitle: (facet) => `局部指数，${facet}`,
    slopesAxis: "指数 α：此处时间按 n 的 α 次幂增长",
    slopesNote: "取自拟合曲线，95 % 置信区间",
    slopesSaid: (title) => `${title}：log 时间对 log n 的局部斜率`,
    roofline: {
      heading: "离设备的极限有多近",
      title: (facet) => `离极限有多近，${facet}`,
      x: "每个必需字节所执行的 FLOPs",
      y: "每秒执行 GFLOP",
      note: "执行量，95 % 置信区间，上方为实测上限",
      roof: "可能的最大值",
      intensity: "每字节 FLOPs",
      tip: (intensity, share) => spaced`每字节${intensity}次 FLOPs，为上限的${share}`,
      shares: (least, most) => (least === most ? spaced`上限的${least}` : spaced`上限的${least}至${most}`),
      said: (title) => `${title}：GFLOP/s 对每字节 FLOPs，两轴均为对数`,
      caption: (ridge) =>
        spaced`每个标记是一个单元：每搬移一个必需的字节要计算多少，以及算得多快。线是此设备在本次运行自身的测试中达到的最大值：斜坡处取决于内存搬移字节的速度，平坦处（每字节${ridge}次 FLOPs 起）取决于乘加的速度。远低于线的单元受制于别的原因：启动、等待，或核函数尚可改进。字节数是任何核函数都必须搬移的最少字节数；搬移更多的核函数位置更低。`,
    },
    crossoverHeading: ({ upper, lower }, size) => spaced`${lower}对${upper}的交叉长度 n* 随${size}的变化`,
    crossoverAxis: (arm) => spaced`n*（其上方${arm}更快）`,
    pairs: (count, all) => spaced`${all ? "全部" : "共"} ${formatCount(count)} 对`,
    crossoverKinds: { measured: "实测", equalShare: "同等利用率", predicted: "理论预测" },
    nAt: (n, size, value) => spaced`${size} ${value}处为${formatCount(n)}`,
    driftHeading: "设备有多稳定",
    driftAxis: "时间与通常轮次之比",
    driftNote: "每轮一个标记",
    turn: "轮次",
    allCells: "全部单元",
    sentinel: "哨兵",
    madeAgain: "已重做",
    kept: "采用",
    asUsual: "如常",
    driftSaid: "各轮时间与居中一轮之比",
    driftRange: (least, most) => `${least} 至 ${most}`,
    unknown: "未知",
    heatTitle: ({ upper, lower }) => spaced`${upper}时间 ÷ ${lower}时间`,
    heatRows: (axes) => `行：${axes}`,
    heatNote: "虚线：n*",
    heatLawNote: "菱形：由所有单元的统一规律得出的 n*",
    heatSaid: (title, axes) => spaced`${title}，随 n 和${axes}的变化`,
    about: "约 ",
    allShapes: "全部",
    heatSteps: ["超过 4×", "2× 至 4×", "1.1× 至 2×", "大致相当或难分高下", "1.1× 至 2×", "2× 至 4×", "超过 4×"],
    tips: {
      gap: (status) => gapWords[status],
      byFormula: "由公式得出，未运行",
      samples: (count) => `${formatCount(count)} 个样本`,
      fromHalf: (variable, value) => `从其一半到 ${variable} = ${value}`,
      scaled: (variable, from, to) => `从 ${variable} = ${from} 到 ${to}，换算为一次加倍`,
      timesLonger: (ratio) => `时间 × ${ratio}`,
      turn: (turn) => `第 ${turn} 轮`,
      ofUsualTurn: (factor) => `为通常一轮时间的 ${factor} 倍`,
      exponent: (value) => `指数 ${value}`,
      ofTime: (share) => `占时间的 ${share}`,
      byLaws: "由规律得出，未测量",
    },
    stageHeading: "一个 token 的时间花在哪里",
    stageNote: "条形上方为总时间",
    stageAxis: "占时间的份额",
    stageSaid: (title, variable) => spaced`一个 token 的时间花在哪里，${title}：每个${variable}上各阶段的份额`,
    stages: stageWords,
    servingHeading: "服务：同时容纳多少文本，速度多快",
    servingTexts: { title: "可同时容纳的文本数", axis: "n 个 token 的文本数", note: "按内存的计数字节", unit: "文本数" },
    servingTokens: {
      title: "同时服务的文本每秒的 token 数",
      axis: "合计 token/s",
      note: (measured, projected) => [...(measured ? ["实心：实测，95 % 置信区间"] : []), ...(projected ? ["空心：推算"] : [])].join(" · "),
      unknown: "未知",
    },
    servingX: "每个文本的 token 数（n）",
    servingSaid: (title) => `${title}，随 n 的变化`,
  },

  tables: {
    arm: "方案",
    form: "实现形式",
    at: "尺寸",
    of: "指标",
    growsWith: "随之增长",
    fitted: "拟合",
    claimed: "声称",
    verdict: "判定",
    verdicts: { agrees: "与声称一致", contradicted: "与声称矛盾", undecided: "未定" },
    slopeAtEnd: "末端斜率",
    constant: "常数项",
    perN: "每 n",
    perN2: "每 n²",
    points: "点数",
    note: "说明",
    fromSize: (variable) => `自 ${variable}`,
    besideClaim: {
      above: (claim) => spaced`它最符合各点，但与${claim}相差太小，不足以与之矛盾。`,
      below: (claim) => spaced`范围可能太短，显不出${claim}。`,
    },
    measureUpTo: (variable, x) => spaced`请测到${variable} = ${formatCount(x)}。`,
    time: "时间",
    stateBytes: "状态字节数",
    wallTime: "挂钟时间",
    pair: "对比",
    result: "结果",
    timesAsFast: "从哪个 n 起快这么多倍",
    equalShares: "同等利用率",
    predicted: "理论预测",
    measured: "实测",
    rangeOfN: "n 的范围",
    law: (law) => (law === "undecided" ? "未定" : law),
    crosses: "相交",
    manyCrossings: (crossings) => `不止一次相交：${counts(crossings)}`,
    lower: (arm) => spaced`${arm}在测得的每个 n 上都更低`,
    noCrossing: "在测得的范围内不相交",
    undecided: "未定",
    atLatest: (n) => `n* 至迟在 ${formatCount(n)}`,
    would: { crosses: "相交", many: "不止一次相交", already: "在每个 n 上都更低", none: "不相交", undecided: "未定" },
    measuredUpTo: "测到 n",
    extrapolated: "外推，未经测量：在超出本次运行的长度上拟合曲线给出的时间。方括号内为拟合的 95 % 置信区间。",
    values: "取值",
    lawHead: "规律",
    flops: "FLOPs",
    timeOfOne: "一次重复的时间",
    cells: "单元数",
    typicallyOff: "通常偏差",
    atMostOff: "最远的点",
    offAt: (off, variable, x) => (off === undefined ? "0" : `${off}（${variable} ${formatCount(x)}）`),
    residuals: "各实测点偏离曲线多远",
    residualsCaption: "各长度上的实测值除以拟合值再减 1：高于曲线为 +，低于曲线为 −。正负号逐点变化，是噪声；中间偏高而两端偏低，或者相反，则是另一种规律。",
    offBy: "偏差",
    atMostBy: "最大偏差",
    worst: (off, n, variable, size) => `${formatShare(off)}（n ${formatCount(n)}，${variable} ${formatCount(size)}）`,
    jointCrossing: "由统一规律得出的 n*",
    none: "无",
    joint: "时间随 n 与模型宽度两者的变化：一种方案的所有单元遵循一条规律，各项不为负，按相对误差拟合。偏差：其各单元的均方根。",
    jointCrossings: "由这些规律得出的 n*，限于两者都测得的 n 之内。方括号内为时间的噪声，不含规律本身的偏差。",
    fitsHeading: "增长阶、拟合与交叉",
    fits: "各方案的增长：拟合与声称。方括号内为 95 % 置信区间。",
    sizes:
      "随模型宽度的增长：增加头数（dModel）或加宽各头（headDim），取所有取值都测得的最大 n。FLOPs：按定义的工作量如何增长。取值达 7 个方可指明时间的规律。",
    crossovers:
      "第二种方案从何处起比第一种更省：n* 是第一种仍低于第二种的最大 n。同等利用率：假如两者都像其中较好者的最佳情形那样利用此设备。理论预测：按测得的性能上限所允许的、各自计算量的最短时间。",
    cellsHeading: "全部单元",
    cellsCaption: (cells) => `${tally(cells)}。时间以一次重复计。`,
    composed: "+ 组合",
    outcomes: { ok: "✓ 正常", failed: "✕ 失败", skipped: "○ 跳过", censored: "△ 截断", pending: "○ 未轮到" },
    outcome: "情况",
    median: "中位数",
    interval: "95 % 置信区间",
    samples: "样本数",
    heads: "头数",
    kv: (heads, kvHeads) => `${heads} / ${kvHeads} kv`,
    batch: "批大小",
    tokensPerSecond: "token/s",
    ofCeiling: "占性能上限",
    binding: { compute: "计算", memory: "内存" },
    bound: (share, binding) => `${share}（${binding}）`,
    downTo: (share, low) => `${share}，区间自 ${low} 起`,
    state: "状态",
    peak: "峰值",
    worstError: "最大误差",
    reason: "原因",
    because: (code, reason) => `${whyOf(code)}${reason === "" ? "" : `：${reason}`}`,
    showAlso: (heads) => spaced`同时显示${list(heads)}`,
    everywhere: (sizes) => spaced`所有单元均为 ${sizes}。`,
    ratio: "比值",
    exponent: "指数",
  },

  comparison: {
    verdicts,
    counted: { SLOWER: "更大", FASTER: "更小" },
    withVerdict: (own, verdict) => `${own}（${verdict}）`,
    sides,
    metrics: comparedMetrics,
    place: (arm, n, shape) => spaced`${arm}（n = ${formatCount(n)}${shape === "" ? "" : `，${shape}`}）`,
    law: (law) => (law === "undecided" ? "未定" : law),
    ofArm: (metric, of) => `${comparedMetrics[of]}的${armMetrics[metric]}`,
    outcomes: { crosses: "相交", already: "在每个 n 上都更快", none: "在任何 n 上都不更快", many: "不止一次相交", undecided: "未定" },

    answer: (gate, cells, noiseFloor, counts) => {
      const ends: Readonly<Record<Comparison["gate"], string>> = {
        pass: "检查通过：计入检查的各项都没有变差。",
        fail: "检查未通过：有计入检查的项变差了。",
        undecided: "检查未定：计入检查的各项中没有发现变差，但并非各项都已知晓。",
        nothing: "检查落空：没有任何单元在两次运行中都测得。",
        off: "不作检查：任何一项都不计入。",
      };
      const how = noiseFloor === undefined ? "两者逐轮并排测量" : `两次运行先后测量，噪声下限 ±${(100 * noiseFloor).toFixed(1)} %`;
      const found = counts.map(({ verdict, count }) => spaced`${count}个${told(verdict)}`).join("，");
      return spaced`${ends[gate]}${formatCount(cells)}个单元的时间（${how}）：${found || "均未测得"}。`;
    },
    apart: (differences) => `两次运行的差别不止于代码，因此不作检查：${differences.join("；")}。`,
    apartIn: (names) => spaced`两次运行的差别不止于代码，因此不作检查：${list(names)}不同。`,
    lost: (place, inBase, note) => `新版中丢失，${inBase ? "而基准已测得" : "而基准并非如此"}：${place}。原因：${note}。`,
    failedInBoth: (place, more, note) => `两次运行都失败：${place}${andMore(more)}。原因：${note}。`,
    neitherMeasured: (place, more, note) => `${told("UNDECIDED")}，两次运行都未测得：${place}${andMore(more)}。原因：${note}。`,
    again: "补救办法：再测一次；若是时间不够，请加大 --budget。",
    changed: ({ verdict, place, metric, factor, interval, note, base, head }) =>
      spaced`${told(verdict)}：${place}的${comparedMetrics[metric]}为基准的${factor ?? "？"}倍${interval === undefined ? "" : ` ${interval}`}${note === undefined ? "" : `，${note}`}（${base ?? "无"} → ${head ?? "无"}）。`,
    moreAre: (verdict, more) => spaced`另有${formatCount(more)}项${told(verdict)}。`,
    arm: ({ labels, metric, of, base, head }) =>
      spaced`${metric === "crossover" ? spaced`${list(labels)}的 n*` : spaced`${labels[0] ?? ""}的${comparedMetrics[of]}的${armMetrics[metric]}`}，${base ?? "未知"} → ${head ?? "未知"}`,
    armChanged: (verdict, arm, gates) => `${told(verdict)}：${arm}${notCounted(gates)}。`,
    armsUndecided: (arm, more, gates) => `方案的规律${told("UNDECIDED")}：${arm}${andMore(more)}${notCounted(gates)}。`,
    undecided: (place, more, note, obstacle, paired) => {
      const duet = "attnbench duet，它把两者并排测量";
      const remedies: Readonly<Record<Obstacle, string>> = {
        clock: "换用此时钟能够分辨的设备，或测更长的单元（更大的 n）",
        machine: `${paired ? "" : `${duet}；或`}换用更安静的机器`,
        brevity: `${paired ? "加大 --budget" : `更长的运行（--budget），或 ${duet}`}；换用更安静的机器`,
      };
      return `${told("UNDECIDED")}：${place}${andMore(more)}。原因：${note}。补救办法：${remedies[obstacle]}；或放宽 --threshold。`;
    },
    oneSided: (verdict, place, more, note) => `${told(verdict)}：${place}${andMore(more)}。原因：${note}。`,
    otherKernels: (changed, all, place) =>
      spaced`${formatCount(all)}个单元中有${formatCount(changed)}个，新版的核函数与基准的不同：${place}${andMore(changed - 1)}。`,
    sameFolders: (held) => `基准与新版的 --kernels 内容相同：${held}。`,
    otherFolders: (base, head, unchanged) =>
      spaced`--kernels 的内容，基准为${base}，新版为${head}${unchanged ? "，但两者共有的单元中没有一个因此换了核函数" : ""}。`,
    blind: (least) => `任何单元无论变慢多少都不会被发现：${blindness(least)}。`,
    findable: (typical, worst, threshold, blind, timed, least) => {
      const percent = (share: number): string => (share < 9 ? `${(100 * share).toFixed(1)} %` : "10 倍以上");
      const none = blind > 0 ? spaced`${formatCount(timed)}个单元中有${formatCount(blind)}个无论变慢多少都不会被发现：${blindness(least)}。` : "";
      return spaced`100 次这样的比较中有 95 次能够发现的最小变慢幅度：典型的单元为${percent(typical)}，最差的单元为${percent(worst)}（阈值${percent(threshold)}）。${none}`;
    },
    advises: "CPU 模拟上的时间只供参考，不计入检查（--strict 可使其计入）：对 GPU 有利的改动可能使模拟变慢。",

    notes: {
      neitherTells: "两次运行都没有给出",
      sameSlopes: "斜率相差不够大，不足以说增长规律变了",
      of: (side, why) => `${sides[side]}：${why}`,
      ofBoth: (base, head) => `基准：${base}；新版：${head}`,
      neitherHas: (why) => `两者都没有：${why}`,
      failedOtherwise: (why) => `新版：${why}，而基准没有这样失败`,
      notPlanned: "不在其计划之内",
      notAsked: "未作要求",
      noWorker: "得不到工作进程",
      notReached: "未轮到",
      outcome: (code, reason) => `${code}：${reason}`,
      notTimed: "并非两者都测得时间",
      notKnown: "并非两者都已知",
      besideOthers: (factor) => spaced`此为与其余单元相比，后者的时间为基准的${factor.toFixed(3)}倍`,
      fewVisits: "测得太少，无从说起：两者各至少需要 2 次访问",
      fewProcesses: (processes, least) => spaced`只在${processes}个进程中测量，而时间因进程而异：至少需要${least}个`,
      steps: "两者相差不到此时钟的 3 步",
      coarse: (share) => `此时钟的 3 步占其 ${(100 * share).toFixed(1)} %，超过阈值`,
      machine: (share) => `此机器在两次运行之间的变动可达 ±${(100 * share).toFixed(1)} %，超过阈值：测多少轮都无法判定，并排测量两者才行`,
      wide: (half, rest, times) => {
        const known = `其区间达 ±${(100 * half).toFixed(1)} %，而变化距阈值 ${(100 * rest).toFixed(1)} %`;
        return times === undefined ? `${known}，单靠增加轮数几乎无法判定` : spaced`${known}：轮数增至约${times.toFixed(times < 10 ? 1 : 0)}倍即可判定`;
      },
    },
    known: { clock: "此时钟的 3 步", noTurns: "测多少轮都无法判定", hardly: "几乎无法判定", besideOthers: "与其余单元相比", notReached: "未轮到" },

    difference: (of, text) => `${differenceNames[of]}：${text}`,
    partDiffers: (part, text) => `${part}：${text}`,
    against: (base, head) => spaced`基准为${base}，新版为${head}`,
    keysAgainst: (keys) => keys.map(({ key, base, head }) => spaced`${key}在基准中为${base}，在新版中为${head}`).join("；"),
    onlyIn: (side) => `仅${sides[side]}有`,
    nothing: "无",
    cores: (model, cores) => spaced`${model}，${cores}核`,
    noneInCommon: "两者没有共同的单元",
    otherShape: (cell, more) => spaced`${cell}${more > 0 ? spaced`等${more + 1}个` : ""}的形状不同`,

    oneRun: "基准与新版是同一次运行：即使有什么变差也看不出来。",
    unfinished: (side, run, interrupted) => spaced`${sides[side]}尚未完成：运行 ${run} ${interrupted ? "被中断" : "因出错而中止"}，其未轮到的部分不得而知。`,
    duetInterrupted: "这次并排测量被中断：以下结果只基于此前完成的访问。",
    baseRefused: (why) => `基准无法测量，因此全部为${told("NEW")}：${why}`,
    workerLost: (side, cell, reason, more) =>
      spaced`${sides[side]}的一个工作进程在一次访问中丢失，已由另一个进程重做：${cell}（${reason}）${more > 0 ? spaced`，另有${formatCount(more)}次` : ""}。`,
    unreadFile: (file) => spaced`基准的${file}所要求的内容在此无法读取，因此新版的要求是否更少不得而知。`,
    dropped: (file, cells, first) => spaced`基准的${file}要求测量${formatCount(cells)}个单元，新版的却不要求，因此没有测量：${first}${andMore(cells - 1)}。`,
    sharedKernels: (shared) => {
      const both = "基准与新版使用其中相同的机制，即现在的内容";
      switch (shared.kind) {
        case "outside":
          return `${shared.named} 在仓库之外：${both}。`;
        case "untracked":
          return `${shared.named} 不在 git 所管理的内容之中，因为它被忽略，或者自成一个仓库：${both}。`;
        case "linked":
          return `${shared.named}：${shared.files} 经由一个指向两份代码之外的链接，因此${both}。`;
        case "newInHead":
          return `基准没有 ${shared.named}：其内容为${told("NEW")}。`;
        default:
          return shared satisfies never;
      }
    },

    page: {
      title: (experiment) => `${experiment}：新版与基准的比较`,
      against: "新版与基准的比较",
      compared: "基准（base）是原来的状态，新版（head）是要考察的状态：以下都是说新版与基准有何不同。“计入检查”的项决定检查是否通过，其余的仅供参考。",
      gates: {
        pass: "✓ 通过：计入检查的各项都没有变差",
        fail: "✕ 未通过：有计入检查的项变差了",
        undecided: "? 未定：计入检查的并非各项都已知晓",
        nothing: "? 没有任何单元在两次运行中都测得",
        off: "两次运行的差别不止于代码：不作检查",
      },
      meanings: {
        SAME: (threshold) => `时间的 95 % 置信区间在 ±${threshold} 之内；字节数相等，误差与规律相同`,
        FASTER: (threshold) => `好了 ${threshold} 以上，且并非偶然；就字节数和误差而言是减少，就规律而言是降阶`,
        SLOWER: (threshold) => `差了 ${threshold} 以上，且并非偶然；就字节数和误差而言是增多，就规律而言是升阶`,
        UNDECIDED: () => "区间太宽，是好是差都不能断言",
        NEW: () => "仅新版有",
        GONE: () => "仅基准有",
      },
      runs: "两次运行",
      andChanges: " 及未提交的改动",
      ofRun: (run, at) => `，运行 ${run}，${at} UTC，设备为 `,
      measured: "测量方式",
      how: (paired) => (paired ? "逐轮并排测量，因此使机器变慢的因素对两者同样起作用" : "先后测量：其间机器发生的变化不包含在任何区间之内"),
      differIn: "不同之处",
      cells: "单元",
      times: (paired) =>
        `时间取自不受干扰的工作：每次访问的样本中有四分之一低于它，再对${paired ? "两者都测得的各轮" : "所有访问"}取平均，因为机器上的其他活动只会使它变慢。因此它可能低于该次运行自身报告中的中位数。新版 ÷ 基准即两者之比。`,
      besideOthers: "说明中写有“与其余单元相比”之处，新版 ÷ 基准还除以了其余单元的变化，如说明所示：那是机器的变化，或所有核函数共同的变化。",
      noCell: "没有可比较的单元。",
      ratio: "新版 ÷ 基准",
      strip: (threshold) => `同上，图示；阴影为 ±${threshold}`,
      scale: (low, high) => `${low} 至 ${high}`,
      cellsCaption: "各单元，变化者在前。区间均为 95 % 置信区间。",
      arms: "方案",
      armsHead: "方案",
      armsCaption: (place) => `${place === "" ? "" : `${place}：`}增长指数、增长阶与 n*。n* 只作显示，不计入检查。`,
      noneTold: "未给出",
      asAbove: "同上",
      moreRows: (rows) => spaced`其余${formatCount(rows)}行见 comparison.json。`,
      madeBy: (version) => `由 attnbench ${version} 生成。全部内容见 comparison.json；各次运行的图见其自身的报告。`,
    },

    markdown: {
      gates: { pass: "✅ 通过", fail: "❌ 未通过", undecided: "❔ 未定", nothing: "⚠ 没有两者都测得的内容", off: "两次运行不同，因此不作检查" },
      heading: (experiment, gate) => `${experiment}：${gate}`,
      runs: (base, head, adapter) => `${base} → ${head}，设备为 ${adapter}。`,
      run: (code, run) => `${code}（运行 ${run}）`,
      metrics: comparedMetrics,
      ofArm: (metric, of) => `${comparedMetrics[of]}的${armMetrics[metric]}`,
      moreRows: (rows) => spaced`其余${formatCount(rows)}行均为${told("SAME")}，或超出此处的容量，见 comparison.json。`,
    },

    checks: {
      worse: (experiment) => `${experiment}：变差`,
      notPassed: (experiment) => `${experiment}：未通过`,
      nothing: "没有任何内容在两次运行中都测得，因此无从知道是否一如既往。",
      open: "有未定之处。",
      allNew: (experiment) => `${experiment}：全部为${told("NEW")}`,
      nothingCompared: (why) => `未作任何比较：${why ?? "基准没有这些单元中的任何一个"}`,
      cellFailed: (experiment) => `${experiment}：有单元失败`,
      unmet: (experiment) => `${experiment}：有预期不符合`,
      more: (count) => spaced`另有${count}项`,
      inSummary: "作业摘要中逐一列出。",
    },
    cell: "单元",
  },

  script: {
    showRows: "查找行：",
    wordsOfARow: "行中的词",
    rowsShown: (shown, all) => `显示 ${shown} 行，共 ${all} 行`,
    measurements: "测量数据（CSV）",
    samples: "样本（CSV）",
    run: "运行（JSON）",
    runWithoutSamples: "不含样本的运行（JSON）",
    experiment: "实验（YAML）",
    zoom: "缩放",
    zoomHint: "开启时，滚轮或双指可缩放，拖动可平移；图获得焦点时，随时可用 + 和 − 缩放。",
    showAll: "显示全部",
    showOrHide: "显示或隐藏",
    points: (title) => `图中各点：${title}`,
    pointsHint: "用方向键在各点之间移动",
  },

  index: {
    question: "从多长开始，线性注意力胜过 softmax 注意力？",
    none: "还没有运行。下面的命令可得到一次运行：",
    experiments: "实验",
    earlier: (count) => spaced`更早的${formatCount(count)}次运行`,
  },

  markdown: {
    expected: (verdict, text) => `${{ pass: "符合", fail: "**不符合**", undecided: "未定" }[verdict]}：${text}`,
    device: (name, deviceClass, clock, cells, run) => `${name}（${deviceClass}），${clock === "gpu" ? "GPU 时钟" : "挂钟"}，${tally(cells)}，运行 ${run}。`,
    caption: (text) => `${text}。`,
    limits: (heading, parts) => `**${heading}**：${parts.map(({ what, brief }) => `${what}${brief}`).join("")}`,
    timesAsFast: "速度倍数（95 % 置信区间）",
    speed: (arm, n, times) => spaced`${arm}为${bracketed(times, formatTimes)}倍（n = ${formatCount(n)}）`,
    attentionAlone: "仅注意力",
    metric: { time: "时间", stateBytes: "状态字节数" },
    law: (law) => (law === "undecided" ? "未定" : law),
    fitVerdict: { agrees: "一致", contradicted: "矛盾", undecided: "未定" },
    status: { ok: "正常", failed: "失败", skipped: "跳过", censored: "截断", pending: "未轮到" },
  },
};
