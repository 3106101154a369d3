/**
 * The values of `navette config`, as controls show them. Whatever a control
 * does not know is kept as it is written. Pure.
 */

export const UNITS = ["KB", "MB", "GB", "TB"] as const;
export type Unit = (typeof UNITS)[number];
/** An amount as people type it: the number as text, so that “1.” may become “1.5”. */
export type Amount = { number: string; unit: Unit };

const AMOUNT = /^(\d+(?:\.\d+)?)\s*(kb|mb|gb|tb)$/i;

export function amountFrom(text: string): Amount | null {
  const found = AMOUNT.exec(text.trim());
  const unit = UNITS.find((known) => known.toLowerCase() === found?.[2]?.toLowerCase());
  return found?.[1] && unit ? { number: found[1], unit } : null;
}

/** The amount as it is written down; null while what is typed is none. French types a comma. */
export function amountText({ number, unit }: Amount): string | null {
  const plain = number.trim().replace(",", ".");
  return /^\d{1,9}(\.\d{1,3})?$/.test(plain) && Number(plain) > 0 ? `${Number(plain)} ${unit}` : null;
}

const BYTES: Record<Unit, number> = { KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 };
export const bytesOf = ({ number, unit }: Amount): number => Number(number.replace(",", ".")) * BYTES[unit];

/** Whoever wants less than this per second wants a pause: the program refuses it. */
export const SLOWEST = 10 * 1024;

export type Rate = { kind: "none" } | { kind: "gentle" } | { kind: "fixed"; amount: Amount };

export function rateFrom(value: string): Rate {
  if (value === "gentle") return { kind: "gentle" };
  const amount = amountFrom(value.replace(/\/s$/, ""));
  return amount ? { kind: "fixed", amount } : { kind: "none" };
}

export function rateText(rate: Rate): string | null {
  if (rate.kind !== "fixed") return rate.kind;
  const text = amountText(rate.amount);
  return text !== null && bytesOf(rate.amount) >= SLOWEST ? `${text}/s` : null;
}

/** The hours in which is synced; null: all of them. */
export type Hours = { from: string; to: string } | null;

const CLOCK = /^([01]?\d|2[0-3]):([0-5]\d)$/;

export function hoursFrom(value: string): Hours {
  const [from = "", to = ""] = value.split("-");
  return CLOCK.test(from) && CLOCK.test(to) ? { from: from.padStart(5, "0"), to: to.padStart(5, "0") } : null;
}

export function hoursText(hours: Hours): string | null {
  if (hours === null) return "always";
  const good = CLOCK.test(hours.from) && CLOCK.test(hours.to) && hours.from !== hours.to;
  return good ? `${hours.from}-${hours.to}` : null;
}

export const overMidnight = (hours: Hours): boolean => hours !== null && hours.from > hours.to;

export type Reserve =
  { kind: "usual" } | { kind: "none" } | { kind: "amount"; amount: Amount } | { kind: "percent"; percent: string };

export function reserveFrom(value: string): Reserve {
  if (value === "none") return { kind: "none" };
  const percent = /^(\d{1,2})\s*%$/.exec(value)?.[1];
  if (percent !== undefined) return { kind: "percent", percent };
  const amount = amountFrom(value);
  return amount ? { kind: "amount", amount } : { kind: "usual" };
}

export function reserveText(reserve: Reserve): string | null {
  if (reserve.kind === "amount") return amountText(reserve.amount);
  if (reserve.kind !== "percent") return reserve.kind;
  const good = /^\d{1,2}$/.test(reserve.percent.trim()) && Number(reserve.percent) <= 50;
  return good ? `${Number(reserve.percent)} %` : null;
}

/** The length above which files are held; null: there is none. */
export const largestFrom = (value: string): Amount | null => amountFrom(value);
export const largestText = (amount: Amount | null): string | null => (amount === null ? "none" : amountText(amount));

export const SCHEMES = ["http", "https", "socks5"] as const;
export type Scheme = (typeof SCHEMES)[number];
export type Address = { scheme: Scheme; host: string; port: string; login: string };
export type Proxy = { kind: "system" } | { kind: "none" } | { kind: "manual"; address: Address };

export const NOWHERE: Address = { scheme: "http", host: "", port: "", login: "" };
/** What a proxy listens on where nothing is said. */
const PORTS: Record<Scheme, string> = { http: "80", https: "443", socks5: "1080" };
export const usualPort = (scheme: Scheme): string => PORTS[scheme];

export function proxyFrom(value: string): Proxy {
  if (value === "system" || value === "none") return { kind: value };
  const address = addressFrom(value);
  return address ? { kind: "manual", address } : { kind: "system" };
}

/** The parts of an address; also of one that was pasted whole into the field of the host. */
export function addressFrom(value: string): Address | null {
  let url: URL;
  try {
    url = new URL(value);
  } catch {
    return null;
  }
  const scheme = SCHEMES.find((known) => `${known}:` === url.protocol || `${known}h:` === url.protocol);
  if (!scheme || url.hostname === "") return null;
  return { scheme, host: url.hostname, port: url.port, login: decodeURIComponent(url.username) };
}

/** The proxy as it is written down, never with a password; null while the address is none. */
export function proxyText(proxy: Proxy): string | null {
  if (proxy.kind !== "manual") return proxy.kind;
  const { scheme, host, port, login } = proxy.address;
  const fits =
    /^[^\s/@?#]+$/.test(host) && (port === "" || (/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65536));
  if (!fits) return null;
  const who = login === "" ? "" : `${encodeURIComponent(login)}@`;
  const text = `${scheme}://${who}${host}${port === "" ? "" : `:${port}`}`;
  return addressFrom(text) ? text : null;
}
