// The sums of a financing plan, in whole cents (BigInt): the same reading and the same roundings as the server's
// engine.money and engine.budget. Nothing here touches the page.

const SPACES = /[\s\u00a0\u2007\u2009\u202f]+/g;
const GROUPED = /^(?:[0-9]+|[0-9]{1,3}([ .,])[0-9]{3}(?:\1[0-9]{3})*)$/;
const MOST = 10n ** 12n;

/** Cents of an amount as typed; null when empty, undefined when it cannot be read (the server says why). */
export function parseCents(text, lang = "fr") {
  const raw = text.replace(SPACES, " ").trim();
  if (!raw) return null;
  const english = lang === "en" || raw.replace(/^[-\u2212 ]+/, "").startsWith("€");
  let currencies = 0;
  const body = raw.replace(/€|\beuros?\b|\beur\b/gi, () => { currencies += 1; return " "; }).trim();
  if (currencies > 1 || !/^[0-9][0-9 .,]*$/.test(body)) return undefined;
  const parts = split(body, english);
  if (!parts || parts[0].length > 13) return undefined;
  const cents = BigInt(parts[0]) * 100n + BigInt(parts[1].padEnd(2, "0"));
  return cents > MOST ? undefined : cents;
}

function split(body, english) {
  const marks = [...body].filter((char) => char === "." || char === ",");
  const mark = marks.at(-1);
  const many = marks.filter((char) => char === mark).length > 1;
  if (!mark || many || (english && mark === "," && /,[0-9]{3}$/.test(body))) return whole(body, "");
  const place = body.lastIndexOf(mark);
  const [left, decimals] = [body.slice(0, place), body.slice(place + 1)];
  if (!/^[0-9]+$/.test(decimals) || decimals.length > 2) return null;
  return whole(left, decimals);
}

function whole(left, decimals) {
  return GROUPED.test(left) ? [left.replace(/[ .,]/g, "").replace(/^0+(?=.)/, ""), decimals] : null;
}

/** Thousandths of a unit, hundredths of a percent: a decimal number in units of 10^-digits; null empty, undefined unreadable. */
export function parseDecimal(text, digits) {
  const raw = text.replace(SPACES, "").replace(/%$/, "");
  if (!raw) return null;
  const found = new RegExp(`^([0-9]{1,9})(?:[.,]([0-9]{1,${digits}}))?$`).exec(raw);
  return found ? BigInt(found[1]) * 10n ** BigInt(digits) + BigInt((found[2] ?? "").padEnd(digits, "0")) : undefined;
}

/** Quantity (thousandths) times unit price (cents), rounded half up to the cent. */
export const product = (quantity, price) => (quantity * price + 500n) / 1000n;

/** « 160 000 € » or "€160,000"; cents only when there are some. */
export function formatEur(cents, lang) {
  const sign = cents < 0n ? "\u2212" : "";
  const size = cents < 0n ? -cents : cents;
  const euros = String(size / 100n).replace(/\B(?=(\d{3})+$)/g, lang === "en" ? "," : "\u202f");
  const rest = size % 100n ? (lang === "en" ? "." : ",") + String(size % 100n).padStart(2, "0") : "";
  return lang === "en" ? `${sign}€${euros}${rest}` : `${sign}${euros}${rest}\u00a0€`;
}

/** « 66,7 % »: part over whole, rounded half up to a tenth of a percent; "" when the whole is 0. */
export function formatRate(part, base, lang) {
  if (base <= 0n) return "";
  const tenths = (2000n * part + base) / (2n * base);
  const rest = tenths % 10n ? (lang === "en" ? "." : ",") + String(tenths % 10n) : "";
  const units = String(tenths / 10n).replace(/\B(?=(\d{3})+$)/g, lang === "en" ? "," : "\u202f");
  return `${units}${rest}${lang === "en" ? "%" : "\u00a0%"}`;
}

/**
 * The figures of a plan. `costs`: {cents, points, account, base ("", "True" or "False")}; `fundings`: {cents, kind, status}.
 * All in cents: cost, resource, requested, public aid, eligible base (rounded down), balance.
 */
export function figures(costs, fundings) {
  const live = fundings.filter((line) => line.status !== "refused");
  const total = (lines) => lines.reduce((sum, line) => sum + line.cents, 0n);
  const counted = (line) => (line.base ? line.base === "True" : !line.account.startsWith("86"));
  const eligible = costs.filter(counted).reduce((sum, line) => sum + line.cents * line.points, 0n) / 10000n;
  const requested = total(live.filter((line) => line.kind === "requested"));
  const publicAid = requested + total(live.filter((line) => line.kind === "public"));
  const [cost, resource] = [total(costs), total(live)];
  return { cost, resource, requested, publicAid, eligible, balance: resource - cost };
}
