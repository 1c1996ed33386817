// Numbers and names as the shopper reads them.

const money = new Intl.NumberFormat("en", { style: "currency", currency: "EUR" });
const roundMoney = new Intl.NumberFormat("en", { style: "currency", currency: "EUR", maximumFractionDigits: 0 });
const whole = new Intl.NumberFormat("en");
const languages = new Intl.DisplayNames(["en"], { type: "language" });

export const formatPrice = (value) => (typeof value === "number" ? money.format(value) : "");
export const formatBound = (value) => (Number.isInteger(value) ? roundMoney.format(value) : money.format(value));
export const formatCount = (value) => whole.format(value);

export function formatMilliseconds(value) {
  if (value < 10) return `${value.toFixed(1)} ms`;
  if (value < 1000) return `${Math.round(value)} ms`;
  return formatSpan(value);
}

function formatSpan(value) {
  if (value < 60_000) return `${(value / 1000).toFixed(1)} s`;
  if (value < 3_600_000) return `${Math.round(value / 60_000)} min`;
  return `${Math.round(value / 3_600_000)} h`;
}

export function languageName(code) {
  try {
    return languages.of(code) ?? code;
  } catch {
    return code; // not a language tag: shown as it is
  }
}

// "ice blue" -> "Ice blue"
export const capitalised = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

export const plural = (count, one, many) => `${formatCount(count)} ${count === 1 ? one : many}`;

// A field with one value may come as a plain string.
export function asList(value) {
  if (value === null || value === undefined || value === "") return [];
  return Array.isArray(value) ? value : [value];
}
