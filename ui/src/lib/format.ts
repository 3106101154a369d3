/** Times, sizes and numbers as the language that is shown writes them. */
import { language } from "./language.svelte";
import { say } from "./texts";

/** Keeps one formatter a language and form: making them is slow. */
const made = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();
function numbers(form: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language.current} n ${JSON.stringify(form)}`;
  const found = made.get(key) ?? new Intl.NumberFormat(language.current, form);
  made.set(key, found);
  return found as Intl.NumberFormat;
}
function dates(form: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${region()} d ${JSON.stringify(form)}`;
  const found = made.get(key) ?? new Intl.DateTimeFormat(region(), form);
  made.set(key, found);
  return found as Intl.DateTimeFormat;
}

/** The language as this system writes it: whoever has en-GB keeps its dates and its 24 hours. */
function region(): string {
  const tags = typeof navigator === "undefined" ? [] : navigator.languages;
  return tags.find((tag) => tag.split("-")[0] === language.current && tag.includes("-")) ?? fallback();
}
const fallback = () => (language.current === "en" ? "en-GB" : language.current);

/** Seconds since 1970, now. */
export const now = () => Math.floor(Date.now() / 1000);

export const count = (n: number) => numbers({ maximumFractionDigits: 0 }).format(n);
/** Intl puts a wide space before the sign in French, where a thin one belongs. */
export const percent = (fraction: number) =>
  numbers({ style: "percent", maximumFractionDigits: 0 }).format(fraction).replace("\u00a0", "\u202f");

const UNITS = ["kilo", "mega", "giga", "tera"] as const;

/** Which power of 1024 is written: 1000 KB are one of the next unit, so that no more than three digits stand. */
function unitOf(bytes: number): number {
  let unit = 0;
  while (bytes / 1024 ** (unit + 1) >= 999.5 && unit < UNITS.length - 1) unit += 1;
  return unit;
}

function inUnit(bytes: number, unit: number): string {
  const value = bytes / 1024 ** (unit + 1);
  const digits = (unit === 0 && value < 9.95) || value >= 99.95 ? 0 : 1;
  // Something is never shown as nothing.
  const shown = unit === 0 && bytes > 0 ? Math.max(1, value) : value;
  return numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(shown);
}

/** Three digits and a unit of 1024, as the servers' own pages show it. */
export function size(bytes: number): string {
  const unit = unitOf(bytes);
  return say(`amount-${UNITS[unit]}`, { n: inUnit(bytes, unit) });
}

/** A part of something in the unit of the whole, without it: the “1.3” of “1.3 of 3.9 GB”. */
export const sizeIn = (part: number, whole: number) => (part === 0 ? count(0) : inUnit(part, unitOf(whole)));

/** “1.3 of 3.9 GB”. */
export const sizeOf = (part: number, whole: number) =>
  say("amount-of", { part: sizeIn(part, whole), whole: size(whole) });

/** To the byte: for tooltips. */
export const exactSize = (bytes: number) => say("amount-bytes", { n: bytes });

/** Bytes per second. */
export const rate = (bytes: number) => say("amount-rate", { size: size(bytes) });

/** The time of day, with 12 or 24 hours as the system has it: “09:14”, “9:14 AM”. */
export function time(at: number): string {
  const halves = dates({ hour: "numeric" }).resolvedOptions().hour12 ?? false;
  return dates({ hour: halves ? "numeric" : "2-digit", minute: "2-digit" }).format(at * 1000);
}

/** When the day of this moment began here, or one so many days later. */
export const midnight = (at: number, days = 0) => {
  const day = new Date(at * 1000);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days).getTime() / 1000;
};

/** The day alone: “Today”, “Yesterday”, “Tomorrow”, a weekday, “22 Nov”, with the year if it is another. */
export function day(at: number, from = now()): string {
  if (at >= midnight(from) && at < midnight(from, 1)) return say("day-today");
  if (at >= midnight(from, -1) && at < midnight(from)) return say("day-yesterday");
  if (at >= midnight(from, 1) && at < midnight(from, 2)) return say("day-tomorrow");
  const date = new Date(at * 1000);
  if (at >= midnight(from, -6) && at < midnight(from)) {
    const name = dates({ weekday: "long" }).format(date);
    return name.charAt(0).toLocaleUpperCase(language.current) + name.slice(1);
  }
  return shortDate(at, from);
}

/** “22 Nov”, and the year if it is another. */
export function shortDate(at: number, from = now()): string {
  const same = new Date(at * 1000).getFullYear() === new Date(from * 1000).getFullYear();
  return dates({ day: "numeric", month: "short", ...(same ? {} : { year: "numeric" }) }).format(at * 1000);
}

/** “22 December”, within a sentence: an abbreviation may end in a full stop of its own. */
export function longDate(at: number, from = now()): string {
  const same = new Date(at * 1000).getFullYear() === new Date(from * 1000).getFullYear();
  return dates({ day: "numeric", month: "long", ...(same ? {} : { year: "numeric" }) }).format(at * 1000);
}

/** How long ago, then when. Within a sentence: “checked yesterday”. */
export function ago(at: number, from = now()): string {
  const seconds = Math.max(0, from - at);
  if (seconds < 10) return say("time-just-now");
  if (seconds < 60) return say("ago-seconds", { n: Math.floor(seconds / 10) * 10 });
  if (seconds < 3600) return say("ago-minutes", { n: Math.floor(seconds / 60) });
  if (at >= midnight(from)) return say("ago-today", { time: time(at) });
  if (at >= midnight(from, -1)) return say("ago-yesterday", { time: time(at) });
  if (at >= midnight(from, -6)) return say("ago-weekday", { day: dates({ weekday: "long" }).format(at * 1000) });
  return say("ago-date", { date: shortDate(at, from) });
}

/** A moment by itself: the time today, else the day and the time. */
export function moment(at: number, from = now()): string {
  if (at >= midnight(from) && at < midnight(from, 1)) return time(at);
  return say("day-and-time", { day: day(at, from), time: time(at) });
}

/** To the second, with the zone: for tooltips. */
export const exactTime = (at: number) =>
  dates({
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "numeric",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
  }).format(at * 1000);

/** A duration that is left: “less than a minute”, “4 min”, “25 min”, “about 2 h”. */
export function left(seconds: number): string {
  if (seconds < 60) return say("left-moment");
  const minutes = seconds / 60;
  if (minutes < 10.5) return say("left-minutes", { n: Math.round(minutes) });
  if (minutes < 57.5) return say("left-minutes", { n: Math.round(minutes / 5) * 5 });
  return say("left-hours", { n: Math.max(1, Math.round(minutes / 60)) });
}

/** A plain duration: “40 s”, “5 min”, “2 h”. */
export function duration(seconds: number): string {
  if (seconds < 60) return say("lasts-seconds", { n: Math.round(seconds) });
  if (seconds < 5400) return say("lasts-minutes", { n: Math.round(seconds / 60) });
  return say("lasts-hours", { n: Math.round(seconds / 3600) });
}

const parts = (path: string) => path.split(/[/\\]/).filter((part) => part !== "");

/** The last part of a path. */
export const fileName = (path: string) => parts(path).at(-1) ?? path;

/** The folder that a path is in, or nothing at the top. */
export const folderOf = (path: string) => parts(path).slice(0, -1).join("/");

/** With the home folder as `~`, where it is plain that it is one. */
export const fromHome = (path: string) =>
  path.replace(/^(?:\/home\/[^/]+|\/Users\/[^/]+|[A-Z]:\\Users\\[^\\]+)(?=[/\\]|$)/, "~");

/** Leaves out the middle of a path that has more than so many letters; its first part and its name stay. */
export function shorten(path: string, letters = 40): string {
  if (path.length <= letters) return path;
  const separator = path.includes("\\") ? "\\" : "/";
  const all = path.split(separator);
  const name = all.pop() ?? "";
  const first = all[0] === "" && all.length > 1 ? `${separator}${all[1]}` : (all[0] ?? "");
  const from = all[0] === "" && all.length > 1 ? 2 : 1;
  const kept: string[] = [];
  let room = letters - first.length - name.length - 3;
  for (const part of all.slice(from).reverse()) {
    room -= part.length + 1;
    if (room < 0) break;
    kept.unshift(part);
  }
  return [first, "…", ...kept, name].filter((part) => part !== "").join(separator);
}

/** A path of the window: thin spaces around its strokes. */
export const spaced = (path: string) => parts(path).join("\u2009/\u2009");

/** “14:05, 14:11 and 14:20”. */
export const list = (parts: string[]) => new Intl.ListFormat(region(), { type: "conjunction" }).format(parts);

/** Up to two letters for a person or an account. */
export function initials(name: string): string {
  const words = name
    .replace(/@.*/, "")
    .split(/[\s._-]+/)
    .filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => [...(word ?? "?")][0]?.toLocaleUpperCase() ?? "").join("");
}
