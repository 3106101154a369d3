/** Which files are left out: kinds that one can tick, and rules of one's own. */

/** What a kind comes to, in the grammar of `.gitignore`. Cases count in it. */
export const KINDS = {
  videos: both("mp4 mov mkv avi m4v webm mpg mpeg wmv mts"),
  images: both("iso img dmg vdi vmdk vhdx qcow2"),
  archives: both("zip 7z rar tar gz tgz bz2 xz zst"),
  builds: ["node_modules/", "__pycache__/", ".venv/", "target/", ".gradle/"],
} as const satisfies Record<string, readonly string[]>;

export type Kind = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as Kind[];

function both(endings: string): string[] {
  return endings.split(" ").flatMap((ending) => [`*.${ending}`, `*.${ending.toUpperCase()}`]);
}

/** What a kind comes to, as people read it: without the capitals. */
export const endingsOf = (kind: Kind) => KINDS[kind].filter((rule) => rule === rule.toLowerCase());

/** The lines that somebody wrote: without empty ones and remarks, each once. */
export function linesOf(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== "" && !line.startsWith("#")))];
}

/** All that is left out. What somebody wrote comes last, so that it decides. */
export function rulesOf(kinds: ReadonlySet<Kind>, own: string): string[] {
  return [...KIND_NAMES.filter((kind) => kinds.has(kind)).flatMap((kind) => [...KINDS[kind]]), ...linesOf(own)];
}
