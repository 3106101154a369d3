/** The lines of rules that leave things out: editing them, and taking an edit back. Pure. */

/** What is wrong with a new line that nobody has to be asked about. */
export function fault(lines: string[], line: string): "empty" | "there" | null {
  const plain = line.trim();
  if (plain === "") return "empty";
  return lines.includes(plain) ? "there" : null;
}

export const added = (lines: string[], line: string): string[] => [...lines, line.trim()];
export const without = (lines: string[], at: number): string[] => lines.toSpliced(at, 1);

/** The line moved: within a level the last one that matches decides, so the order counts. */
export function moved(lines: string[], at: number, by: -1 | 1): string[] {
  const line = lines[at];
  const to = at + by;
  if (line === undefined || to < 0 || to >= lines.length) return lines;
  return lines.toSpliced(at, 1).toSpliced(to, 0, line);
}

/** `now` without what came since `before`: other edits of the meantime stay. */
export function takenBack(before: string[], after: string[], now: string[]): string[] {
  const rest = [...before];
  const came = after.filter((line) => {
    const at = rest.indexOf(line);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
  return now.filter((line) => {
    const at = came.indexOf(line);
    if (at >= 0) came.splice(at, 1);
    return at < 0;
  });
}

/** What kind of line it is, for people who do not read the grammar. */
export function meaning(line: string): "comment" | "back" | "folder" | "place" | "name" {
  if (line.startsWith("#")) return "comment";
  if (line.startsWith("!")) return "back";
  const body = line.replace(/\/$/, "");
  if (body.includes("/")) return "place";
  return line.endsWith("/") ? "folder" : "name";
}
