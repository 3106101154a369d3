import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Assistant } from "../../src/lib/assistant/assistant.svelte";
import type { Fit, PlaceReport, Recognised, SignedIn } from "../../src/lib/types";
import { answering, otherClient, promised, recognised, refused, report, settled, signedIn } from "./answers";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An assistant that has come as far as the folders. */
async function atFolders(program = answering()) {
  const assistant = new Assistant(program);
  assistant.server.type("cloud.research-example.org");
  await assistant.next();
  await assistant.next();
  await settled();
  expect(assistant.step).toBe("folders");
  return assistant;
}

test("the straight way: address, browser, folders, summary, first sync", async () => {
  const program = answering();
  const assistant = await atFolders(program);
  await assistant.next();
  expect(assistant.step).toBe("summary");
  await assistant.next();
  expect(assistant.step).toBe("first-sync");
  expect(assistant.folder).toBe(report.path);
  const plan = { session: "s1", place: report.path, remote_path: "/", without: [], rules: [], take_over: false };
  expect(program.asked.at(-1)).toBe(`finish ${JSON.stringify(plan)}`);
  await assistant.leave();
  expect(program.asked.some((asked) => asked.startsWith("abandon"))).toBe(false);
});

test("without an address the field is to blame, and nothing is asked", async () => {
  const program = answering();
  const assistant = new Assistant(program);
  await assistant.next();
  expect(assistant).toMatchObject({ step: "server", fault: { field: "address", time: 1 } });
  await assistant.next();
  expect(assistant.fault?.time).toBe(2);
  expect(program.asked).toEqual([]);
});

test("a server that is none keeps one at the first step", async () => {
  const assistant = new Assistant(answering({ recognise: () => Promise.reject(refused("no-storage", "No storage.")) }));
  assistant.server.type("news.example.org");
  await assistant.next();
  expect(assistant).toMatchObject({ step: "server", fault: { field: "address" } });
});

test("a wrong password blames its field and keeps one there", async () => {
  const program = answering({
    recognise: async () => ({ ...recognised, ways: ["password"] }),
    signIn: () => Promise.reject(refused("sign-in", "Not this one.", { field: "password" })),
  });
  const assistant = new Assistant(program);
  assistant.server.type("cloud.example.org");
  await assistant.next();
  await assistant.next();
  expect(assistant.fault).toMatchObject({ field: "login" });
  assistant.signIn.login = "marie";
  assistant.signIn.password = "wrong";
  await assistant.next();
  expect(assistant).toMatchObject({ step: "sign-in", fault: { field: "password" } });
  await assistant.next();
  expect(program.asked.filter((asked) => asked.startsWith("signIn"))).toHaveLength(1);
});

test("back and forth loses nothing: ticks, place, rules, sign-in", async () => {
  const program = answering();
  const assistant = await atFolders(program);
  const folders = assistant.folders!;
  folders.tree.toggle("Thesis");
  folders.own = "*.bak";
  await folders.where.choose("/data/Cloud");
  await assistant.next();
  for (const step of ["folders", "sign-in", "server"]) {
    await assistant.back();
    expect(assistant.step).toBe(step);
  }
  for (let i = 0; i < 3; i++) await assistant.next();
  expect(assistant.step).toBe("summary");
  expect(assistant.folders?.plan).toMatchObject({
    place: "/data/Cloud",
    without: ["/Thesis"],
    rules: ["*.bak"],
    session: "s1",
  });
  expect(program.asked.filter((asked) => asked.startsWith("signIn"))).toHaveLength(1);
  expect(program.asked.filter((asked) => asked.startsWith("recognise"))).toHaveLength(1);
});

test("another server starts the sign-in and the folders anew", async () => {
  const program = answering({ recognise: async (address) => ({ ...recognised, address: `https://${address}` }) });
  const assistant = await atFolders(program);
  await assistant.go("server");
  assistant.server.type("other.example.org");
  await assistant.next();
  expect(assistant.step).toBe("sign-in");
  expect(assistant.signedIn).toBeNull();
  expect(assistant.folders).toBeNull();
  expect(program.asked).toContain("abandon s1");
});

test("a step that is not reached yet cannot be gone to", async () => {
  const assistant = new Assistant(answering());
  for (const step of ["sign-in", "folders", "summary", "first-sync"] as const) {
    expect(assistant.reaches(step)).toBe(false);
    await assistant.go(step);
  }
  expect(assistant.step).toBe("server");
});

test("going back while the browser is waited for stops waiting", async () => {
  const answer = promised<SignedIn>();
  const program = answering({ browserSignedIn: () => answer.promise });
  const assistant = new Assistant(program);
  assistant.server.type("cloud.example.org");
  await assistant.next();
  const signing = assistant.next();
  await settled();
  await assistant.back();
  answer.keep(signedIn);
  await signing;
  expect(assistant).toMatchObject({ step: "server", folders: null });
});

test("going on while the browser is waited for opens the page again, not a second one", async () => {
  const program = answering({ browserSignedIn: () => promised<SignedIn>().promise });
  const assistant = new Assistant(program);
  assistant.server.type("cloud.example.org");
  await assistant.next();
  void assistant.next();
  await settled();
  await assistant.next();
  expect(program.asked.filter((asked) => asked.startsWith("signInByBrowser"))).toHaveLength(1);
  expect(program.asked.filter((asked) => asked.startsWith("openPage"))).toHaveLength(1);
});

test("an address that is changed while one waits to go on keeps one where one is", async () => {
  const answer = promised<Recognised>();
  const assistant = new Assistant(answering({ recognise: () => answer.promise }));
  assistant.server.type("cloud.example.org");
  const going = assistant.next();
  assistant.server.type("other.example.org");
  answer.keep(recognised);
  await going;
  expect(assistant.step).toBe("server");
});

test.each(["nested", "ours", "unfit"] as const)(
  "a place that is %s is refused, and its field is to blame",
  async (kind) => {
    const program = answering({ examinePlace: async (_, path): Promise<PlaceReport> => ({ ...report, path, kind }) });
    const assistant = await atFolders(program);
    await assistant.next();
    expect(assistant).toMatchObject({ step: "folders", fault: { field: "place" } });
    expect(assistant.reaches("summary")).toBe(false);
  },
);

test("a place that was typed a moment ago is looked at before one goes on", async () => {
  const program = answering({
    examinePlace: async (_, path): Promise<PlaceReport> => ({
      ...report,
      path,
      kind: path.endsWith("/in") ? "nested" : "new",
    }),
  });
  const assistant = await atFolders(program);
  assistant.folders?.where.type("/home/marie/Research Cloud/in");
  await assistant.next();
  expect(assistant.step).toBe("folders");
});

test("another client's folder is taken over with what it had chosen", async () => {
  const program = answering({ examinePlace: async () => otherClient });
  const assistant = await atFolders(program);
  await assistant.next();
  expect(assistant.step).toBe("folders");
  await assistant.folders?.takeOver(otherClient);
  await assistant.next();
  expect(assistant.step).toBe("summary");
  expect(assistant.folders?.plan).toMatchObject({
    take_over: true,
    remote_path: "/Work",
    without: ["/Work/Raw video"],
    place: otherClient.path,
  });
});

test.each([{ running: true }, { same: false }])("another client's folder is not taken over if %o", async (how) => {
  const theirs = { ...otherClient, client: { ...otherClient.client!, ...how } };
  const assistant = await atFolders(answering({ examinePlace: async () => theirs }));
  await assistant.folders?.takeOver(theirs);
  await assistant.next();
  expect(assistant.step).toBe("folders");
});

test("a folder that a client of another account had is used if somebody says so, and not taken over", async () => {
  const theirs = { ...otherClient, client: { ...otherClient.client!, same: false } };
  const assistant = await atFolders(answering({ examinePlace: async () => theirs }));
  assistant.folders!.where.anyway = true;
  await assistant.next();
  expect(assistant.step).toBe("summary");
  expect(assistant.folders?.plan).toMatchObject({ take_over: false, place: theirs.path });
});

test("a folder at which another client is at work is never used", async () => {
  const theirs = { ...otherClient, client: { ...otherClient.client!, same: false, running: true } };
  const assistant = await atFolders(answering({ examinePlace: async () => theirs }));
  assistant.folders!.where.anyway = true;
  await assistant.next();
  expect(assistant.step).toBe("folders");
});

test("another place is not taken over because the one before was", async () => {
  const program = answering({ examinePlace: async (_, path) => ({ ...otherClient, path }) });
  const assistant = await atFolders(program);
  await assistant.folders?.takeOver(otherClient);
  await assistant.folders?.where.choose("/elsewhere");
  expect(assistant.folders?.plan.take_over).toBe(false);
});

test("whether it fits is asked once ticks are quiet, and not twice for the same", async () => {
  const program = answering();
  const assistant = await atFolders(program);
  const folders = assistant.folders!;
  folders.fitSoon();
  folders.tree.toggle("Thesis");
  folders.fitSoon();
  folders.fitSoon();
  await vi.advanceTimersByTimeAsync(400);
  const fits = program.asked.filter((asked) => asked.startsWith("fit"));
  expect(fits).toHaveLength(1);
  expect(fits[0]).toContain('"without":["/Thesis"]');
  expect(folders.fit?.disk_fits).toBe(true);
});

test("an answer to whether it fits that comes late is dropped", async () => {
  const answers = [promised<Fit>(), promised<Fit>()];
  const program = answering({ fit: () => answers.shift()!.promise });
  const [first, second] = answers;
  const assistant = await atFolders(program);
  const folders = assistant.folders!;
  folders.fitSoon();
  await vi.advanceTimersByTimeAsync(400);
  folders.tree.toggle("Thesis");
  folders.fitSoon();
  await vi.advanceTimersByTimeAsync(400);
  const fit: Fit = { download: 1, disk_free: 2, disk_fits: true, quota: null, said: null };
  second!.keep(fit);
  await settled();
  first!.keep({ ...fit, disk_fits: false });
  await settled();
  expect(folders.fit).toEqual(fit);
});

test("what stands in the way of beginning is said, and everything stays", async () => {
  const away = refused("unreachable", "Nothing answers.");
  const assistant = await atFolders(answering({ finish: () => Promise.reject(away) }));
  await assistant.next();
  await assistant.next();
  expect(assistant).toMatchObject({ step: "summary", refused: away, folder: null, beginning: false });
});

test("a place that is refused at the last moment leads back to where it is chosen", async () => {
  const taken = refused("nested", "It lies in another one.", { field: "place" });
  const assistant = await atFolders(answering({ finish: () => Promise.reject(taken) }));
  await assistant.next();
  await assistant.next();
  expect(assistant).toMatchObject({ step: "folders", fault: { field: "place" } });
  expect(assistant.folders?.where.refused).toEqual(taken);
});

test("beginning is done once, however often somebody presses", async () => {
  const done = promised<string>();
  const program = answering({ finish: () => done.promise });
  const assistant = await atFolders(program);
  await assistant.next();
  void assistant.next();
  void assistant.next();
  done.keep("/x");
  await settled();
  expect(program.asked.filter((asked) => asked.startsWith("finish"))).toHaveLength(1);
  expect(assistant.folder).toBe("/x");
});

test("whoever leaves before the end gives back what was signed in with", async () => {
  const program = answering();
  const assistant = await atFolders(program);
  await assistant.leave();
  expect(program.asked).toContain("abandon s1");
});

test("a folder for an account that is there needs no server and nobody to sign in", async () => {
  const program = answering();
  const assistant = new Assistant(program, "marie@cloud");
  await assistant.begin();
  await settled();
  expect(assistant.steps).toEqual(["folders", "summary"]);
  expect(program.asked[0]).toBe("sessionOf marie@cloud");
  expect(assistant.reaches("server")).toBe(false);
  await assistant.next();
  await assistant.next();
  expect(assistant.step).toBe("first-sync");
});

test("an account whose session is not to be had says why, and is asked again", async () => {
  const away = refused("no-password", "The password is not to be had.");
  let times = 0;
  const assistant = new Assistant(
    answering({ sessionOf: () => (++times === 1 ? Promise.reject(away) : Promise.resolve(signedIn)) }),
    "marie",
  );
  await assistant.begin();
  expect(assistant.refused).toEqual(away);
  await assistant.next();
  expect(assistant.folders).not.toBeNull();
});
