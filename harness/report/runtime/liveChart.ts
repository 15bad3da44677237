/** A chart as the page carries it for its script: what Vega-Lite compiled, and whether a reader may zoom. */
export interface LiveChart {
  readonly spec: LiveSpec;
  readonly zooms: boolean;
}

/** All charts of a page, by the ids of their drawings. */
export interface LiveCharts {
  readonly config: object;
  readonly charts: Readonly<Record<string, LiveChart>>;
}

/** The parts of a Vega specification that are looked at; all others go through as they are. */
export interface LiveSpec {
  readonly signals?: readonly object[];
  readonly data?: readonly LiveData[];
  readonly scales?: readonly LiveScale[];
  readonly axes?: readonly LiveAxis[];
  readonly marks?: readonly LiveMark[];
}

export interface LiveData {
  readonly name: string;
  readonly source?: string | readonly string[];
  readonly values?: unknown;
  readonly transform?: readonly object[];
}

export interface LiveScale {
  readonly name: string;
  readonly type?: string;
  readonly domain?: unknown;
}

export interface LiveAxis {
  readonly scale: string;
  readonly values?: unknown;
}

export interface LiveMark {
  readonly from?: { readonly data?: string; readonly facet?: { readonly data?: string } };
  readonly encode?: { readonly update?: Readonly<Record<string, unknown>> };
  readonly marks?: readonly LiveMark[];
}
