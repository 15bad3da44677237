/** `of`, worked out once for each record: a page of thousands of cells asks dozens of times for what goes through all of them. Records never change. */
export const perRecord = <Of extends object, Value>(of: (record: Of) => Value): ((record: Of) => Value) => {
  const known = new WeakMap<Of, { readonly value: Value }>();
  return (record) => {
    const had = known.get(record) ?? { value: of(record) };
    known.set(record, had);
    return had.value;
  };
};
