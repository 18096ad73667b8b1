// Which capability does a figure come from, so that its page of methods can be found?

const BEGINNINGS: [string, string][] = [
  ['cost', 'profit'],
  ['profit', 'profit'],
  ['revenue', 'profit'],
  ['margin', 'profit'],
  ['link', 'link'],
  ['drivers', 'drivers'],
  ['portfolio', 'portfolio'],
  ['loyalty', 'overview'],
  ['equity', 'value'],
  ['customers', 'value'],
  ['retention', 'value'],
  ['right_retention', 'value'],
  ['hazard', 'value'],
  ['value', 'value'],
  ['whatif', 'service_level'],
];

/** The word before the first dot names the capability, but for those that the oldest ones chose freely. */
export function capabilityOfFigure(key: string): string {
  const first = key.split('.')[0] ?? key;
  const known = BEGINNINGS.find(([beginning]) => first === beginning || first.startsWith(`${beginning}_`));
  return known?.[1] ?? first;
}
