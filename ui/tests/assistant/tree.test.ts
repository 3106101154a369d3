import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Tree, type Row } from "../../src/lib/assistant/tree.svelte";
import type { RemoteFolder } from "../../src/lib/types";
import { answering, folder, promised, refused, settled, storage } from "./answers";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const GB = 1024 ** 3;
const names = (rows: Row[]) => rows.map((row) => `${" ".repeat(row.level - 1)}${row.name}`);
const gb = (bytes: number | null) => (bytes === null ? null : Math.round((bytes / GB) * 10) / 10);

test("only what somebody opens is read, and only once", async () => {
  const program = answering();
  const tree = new Tree(program, "s1");
  await tree.read("");
  expect(names(tree.rows("Cloud"))).toEqual(["Cloud", " Archive 1998–2015", " Projects", " Shared with me", " Thesis"]);
  await tree.open("Projects");
  tree.close("Projects");
  await tree.open("Projects");
  expect(program.asked).toEqual(["remoteFolders s1 /", "remoteFolders s1 /Projects"]);
  expect(names(tree.rows("Cloud")).slice(2, 6)).toEqual([" Projects", "  Field data 2026", "  Methods", "  Raw video"]);
});

test("two who open the same folder ask once", async () => {
  const program = answering();
  const tree = new Tree(program, "s1");
  await Promise.all([tree.read(""), tree.read("")]);
  expect(program.asked).toHaveLength(1);
});

test("a row tells its place among those beside it", async () => {
  const tree = new Tree(answering(), "s1");
  await tree.read("");
  await tree.open("Projects");
  const methods = tree.rows("Cloud").find((row) => row.name === "Methods");
  expect(methods).toMatchObject({ level: 3, position: 2, siblings: 3, open: false, tick: "all" });
  const leaf = tree.rows("Cloud").find((row) => row.name === "Shared with me");
  expect(leaf?.open).toBeNull();
});

test("sums follow the ticks: 27.0 of 74.9 GB", async () => {
  const tree = new Tree(answering(), "s1");
  await tree.read("");
  await tree.open("Projects");
  tree.toggle("Projects/Raw video");
  tree.toggle("Archive 1998–2015");
  const row = (path: string) => tree.rows("Cloud").find((row) => row.path === path)!;
  expect([gb(row("").kept), gb(row("").size)]).toEqual([26.9, 74.9]);
  expect([gb(row("Projects").kept), gb(row("Projects").size)]).toEqual([22.1, 61]);
  expect(row("Archive 1998–2015")).toMatchObject({ kept: 0, tick: "none" });
  expect(tree.leftOut).toEqual(["Archive 1998–2015", "Projects/Raw video"]);
});

test("a size that is not there yet is unknown, never nothing, and is asked for again", async () => {
  let times = 0;
  const tree = new Tree(
    answering({ remoteFolders: async () => [folder("/a", 2 * GB), folder("/b", ++times < 3 ? null : 5 * GB)] }),
    "s1",
  );
  await tree.read("");
  const b = () => tree.rows("Cloud").find((row) => row.path === "b");
  expect(b()).toMatchObject({ size: null, kept: null, awaited: true });
  expect(tree.size("")).toBeNull();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(b()).toMatchObject({ size: null, awaited: true });
  await vi.advanceTimersByTimeAsync(6_000);
  expect(b()).toMatchObject({ size: 5 * GB, kept: 5 * GB, awaited: false });
  expect(gb(tree.size(""))).toBe(7);
});

test("a server that never tells sizes is left in peace", async () => {
  const program = answering({ remoteFolders: async () => [folder("/a", null)] });
  const tree = new Tree(program, "s1");
  await tree.read("");
  await vi.advanceTimersByTimeAsync(600_000);
  expect(program.asked).toHaveLength(4);
  expect(tree.rows("Cloud")[1]).toMatchObject({ size: null, awaited: false });
});

test("a tick that was set while sizes were awaited stays", async () => {
  let times = 0;
  const tree = new Tree(answering({ remoteFolders: async () => [folder("/a", times++ === 0 ? null : GB)] }), "s1");
  await tree.read("");
  tree.toggle("a");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(tree.rows("Cloud")[1]).toMatchObject({ tick: "none", size: GB, kept: 0 });
});

test("folders that cannot be read say why, and can be read again", async () => {
  let up = false;
  const away = refused("unreachable", "Nothing answers.");
  const tree = new Tree(
    answering({
      remoteFolders: (_, path) => (path === "/" || up ? Promise.resolve(storage[path] ?? []) : Promise.reject(away)),
    }),
    "s1",
  );
  await tree.read("");
  await tree.open("Projects");
  expect(tree.branch("Projects")).toEqual({ kind: "refused", refused: away });
  up = true;
  await tree.read("Projects");
  expect(tree.branch("Projects").kind).toBe("read");
});

test("a search shows what it finds with the way to it, and reads what nobody has opened", async () => {
  const tree = new Tree(answering(), "s1");
  await tree.read("");
  await tree.seek("raw");
  expect(names(tree.rows("Cloud"))).toEqual(["Cloud", " Projects", "  Raw video"]);
  expect(tree.looked).toBeNull();
  expect(tree.found).toBe(1);
  await tree.seek("");
  expect(names(tree.rows("Cloud"))).toHaveLength(5);
});

test("a newer search ends the older one", async () => {
  const slow = promised<RemoteFolder[]>();
  const program = answering({
    remoteFolders: (_, path) => (path === "/Archive 1998–2015" ? slow.promise : Promise.resolve(storage[path] ?? [])),
  });
  const tree = new Tree(program, "s1");
  await tree.read("");
  const first = tree.seek("raw");
  await settled();
  const second = tree.seek("fig");
  slow.keep([]);
  await Promise.all([first, second]);
  expect(names(tree.rows("Cloud"))).toEqual(["Cloud", " Thesis", "  Figures"]);
});

test("a search gives up in a storage without end, and says so", async () => {
  const tree = new Tree(
    answering({ remoteFolders: async (_, path) => [folder(`${path === "/" ? "" : path}/d`, 1)] }),
    "s1",
  );
  await tree.seek("zzz");
  expect(tree.gaveUp).toBe(true);
});

test("a new folder is there, is kept, and is empty", async () => {
  const program = answering();
  const tree = new Tree(program, "s1");
  await tree.read("");
  tree.toggle("Thesis");
  await tree.create("Thesis", " Drafts ");
  expect(program.asked).toContain("createRemoteFolder s1 /Thesis/Drafts");
  expect(tree.tick("Thesis/Drafts")).toBe("all");
  expect(tree.tick("Thesis/Figures")).toBe("none");
  expect(tree.rows("Cloud").find((row) => row.name === "Drafts")).toMatchObject({ level: 3, kept: 0, open: null });
});

test("coming back to the whole storage finds the ticks as they were", async () => {
  const tree = new Tree(answering(), "s1");
  await tree.read("");
  tree.toggle("Thesis");
  await tree.open("Projects");
  tree.toggle("Projects/Raw video");
  await tree.moveTop("/Projects");
  expect(tree.leftOut).toEqual(["Raw video"]);
  expect(names(tree.rows("Projects"))).toEqual(["Projects", " Field data 2026", " Methods", " Raw video"]);
  await tree.moveTop("/");
  expect(tree.leftOut).toEqual(["Projects/Raw video", "Thesis"]);
});

test("what another client has chosen is taken as it is, with the sizes that the sum needs", async () => {
  const tree = new Tree(answering(), "s1");
  await tree.read("");
  await tree.adopt("/", ["Projects/Raw video"]);
  expect(tree.leftOut).toEqual(["Projects/Raw video"]);
  expect(gb(tree.kept("Projects"))).toBe(22.1);
});
