import { formatCount } from "../../analysis/format.ts";
import type { RunRecord } from "../../record/run.ts";
import { type Facet, variableOf, written } from "./facets.ts";

const sizes = ["headDim", "dModel"] as const;

/**
 * Facets for charts of curves: those that `has` a value at one n alone would be marks without a line, so that such as differ in one size become one chart over that size, with what others have at the same n. `has`:
 * whether a cell has a value to be drawn.
 */
export const joinedFacets = (record: RunRecord, facets: readonly Facet[], has: (cell: Facet["cells"][number]) => boolean): readonly Facet[] => {
  if (variableOf(record) !== "n") return facets;
  const nsOf = ({ cells }: Facet): readonly number[] => [...new Set(cells.filter(has).map(({ n }) => n))];
  const joined = new Map<string, Facet>();
  const gone = new Set<Facet>();
  for (const facet of facets) {
    const [n, ...others] = nsOf(facet);
    const size = sizes.find((axis) => axis in facet.values);
    if (n === undefined || others.length > 0 || size === undefined) continue;
    const restOf = ({ values }: Facet) => Object.entries(values).filter(([axis]) => axis !== size);
    const rest = restOf(facet);
    const members = facets.filter((other) => size in other.values && JSON.stringify(restOf(other)) === JSON.stringify(rest) && nsOf(other).includes(n));
    if (new Set(members.map(({ values }) => values[size])).size < 2) continue;
    gone.add(facet);
    const title = [...rest.map(([axis, value]) => `${axis} = ${written(value)}`), `n = ${formatCount(n)}`].join(", ");
    const slug = [...rest.map(([axis, value]) => `${axis}-${value}`), `n-${n}`].join("-").replace(/[^A-Za-z0-9-]/g, "_");
    const cells = members.flatMap((member) => member.cells.filter((cell) => cell.n === n));
    joined.set(slug, { slug, title, values: Object.fromEntries(rest), cells: [...new Set(cells)], variable: size });
  }
  return [...facets.filter((facet) => !gone.has(facet)), ...joined.values()];
};
