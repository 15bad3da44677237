import type { Environment } from "../record/run.ts";

/** What holds for all shards of one device: the least of memory and limits, the coarsest clock step, and texts that differ side by side. Each shard's own stands in its part. */
export const mergedEnvironment = (all: readonly [Environment, ...Environment[]]): Environment => {
  const [first] = all;
  const texts = (read: (environment: Environment) => string): string => distinct(all.map(read));
  return {
    ...first,
    adapter: { ...first.adapter, asked: texts(({ adapter }) => adapter.asked), choice: texts(({ adapter }) => adapter.choice) },
    features: first.features.filter((feature) => all.every(({ features }) => features.includes(feature))),
    limits: Object.fromEntries(byName(all.map(({ limits }) => limits)).map(([name, values]) => [name, Math.min(...values)])),
    clock: { source: first.clock.source, stepNs: Math.max(...all.map(({ clock }) => clock.stepNs)) },
    node: texts(({ node }) => node),
    os: texts(({ os }) => os),
    cpu: { model: texts(({ cpu }) => cpu.model), cores: Math.min(...all.map(({ cpu }) => cpu.cores)) },
    memoryBytes: Math.min(...all.map(({ memoryBytes }) => memoryBytes)),
    packages: Object.fromEntries(byName(all.map(({ packages }) => packages)).map(([name, versions]) => [name, distinct(versions)])),
    ...all.flatMap(({ kernels }) => (kernels ? [{ kernels }] : []))[0],
    ...mergedPeers(all),
  };
};

const mergedPeers = (all: readonly Environment[]): Pick<Environment, "peers"> => {
  const peers = byName(all.flatMap((environment) => environment.peers ?? []));
  if (peers.length === 0) return {};
  return {
    peers: Object.fromEntries(
      peers.map(([name, found]) => [name, { version: distinct(found.map(({ version }) => version)), adapter: distinct(found.map(({ adapter }) => adapter)) }]),
    ),
  };
};

const distinct = (texts: readonly string[]): string => [...new Set(texts)].join(", ");

/** The values of each name, names in order of first appearance. */
const byName = <Value>(records: readonly Readonly<Record<string, Value>>[]): readonly (readonly [string, readonly Value[]])[] => {
  const values = new Map<string, Value[]>();
  for (const [name, value] of records.flatMap((record) => Object.entries(record))) values.set(name, [...(values.get(name) ?? []), value]);
  return [...values];
};
