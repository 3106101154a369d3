import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { looksWhole, Server } from "../../src/lib/assistant/server.svelte";
import type { Recognised } from "../../src/lib/types";
import { answering, promised, recognised, refused, settled } from "./answers";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("an address is asked 400 ms after the last letter, once", async () => {
  const program = answering();
  const server = new Server(program);
  for (const text of ["cloud.example.or", "cloud.example.org"]) {
    server.type(text);
    await vi.advanceTimersByTimeAsync(399);
  }
  expect(program.asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(program.asked).toEqual(["recognise cloud.example.org"]);
  expect(server.recognised).toEqual(recognised);
});

test("an answer to an address that was changed meanwhile is dropped", async () => {
  const [first, second] = [promised<Recognised>(), promised<Recognised>()];
  const server = new Server(answering({ recognise: (address) => (address === "one.org" ? first : second).promise }));
  server.type("one.org");
  await vi.advanceTimersByTimeAsync(400);
  server.type("two.org");
  await vi.advanceTimersByTimeAsync(400);
  second.keep({ ...recognised, title: "Two" });
  await settled();
  first.keep({ ...recognised, title: "One" });
  await settled();
  expect(server.recognised?.title).toBe("Two");
});

test("a refusal that comes late is dropped, too", async () => {
  const first = promised<Recognised>();
  const server = new Server(
    answering({ recognise: (address) => (address === "one.org" ? first.promise : Promise.resolve(recognised)) }),
  );
  server.type("one.org");
  await vi.advanceTimersByTimeAsync(400);
  server.type("two.org");
  await vi.advanceTimersByTimeAsync(400);
  first.refuse(refused("unreachable", "Nothing answers."));
  await settled();
  expect(server.probed.kind).toBe("recognised");
});

test("going on waits for the question that is under way instead of asking twice", async () => {
  const answer = promised<Recognised>();
  const program = answering({ recognise: () => answer.promise });
  const server = new Server(program);
  server.type("cloud.example.org");
  await vi.advanceTimersByTimeAsync(400);
  const going = server.settle();
  answer.keep(recognised);
  expect(await going).toEqual(recognised);
  expect(program.asked).toHaveLength(1);
});

test("half an address is not asked by itself, but when somebody wants to go on", async () => {
  const program = answering();
  const server = new Server(program);
  server.type("clou");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(program.asked).toEqual([]);
  await server.settle();
  expect(program.asked).toEqual(["recognise clou"]);
});

test("an address is asked anew after a refusal, when somebody wants to go on", async () => {
  let up = false;
  const server = new Server(
    answering({
      recognise: () => (up ? Promise.resolve(recognised) : Promise.reject(refused("unreachable", "Nothing answers."))),
    }),
  );
  server.type("cloud.example.org");
  expect(await server.settle()).toBeNull();
  expect(server.probed.kind).toBe("refused");
  up = true;
  expect(await server.settle()).toEqual(recognised);
});

test("a network that wants a sign-in is asked again until the server answers", async () => {
  let times = 0;
  const server = new Server(
    answering({
      recognise: () =>
        ++times > 2 ? Promise.resolve(recognised) : Promise.reject(refused("portal", "Sign in first.")),
    }),
  );
  server.type("cloud.example.org");
  await vi.advanceTimersByTimeAsync(400 + 20_000);
  expect(server.recognised).toEqual(recognised);
});

test("a server under maintenance is no way to go on, and is asked again after five minutes", async () => {
  let times = 0;
  const server = new Server(answering({ recognise: async () => ({ ...recognised, maintenance: ++times === 1 }) }));
  server.type("cloud.example.org");
  expect(await server.settle()).toBeNull();
  await vi.advanceTimersByTimeAsync(300_000);
  expect(server.recognised?.maintenance).toBe(false);
});

test("whoever leaves is not told anything any more", async () => {
  const program = answering();
  const server = new Server(program);
  server.type("cloud.example.org");
  server.end();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(program.asked).toEqual([]);
});

test.each([
  ["cloud.example.org", true],
  ["https://cloud.example.org/index.php/apps/files?dir=/x", true],
  ["localhost:8080", true],
  ["http://127.0.0.1:9000", true],
  ["nas:5000", true],
  ["[::1]:8080", true],
  ["clou", false],
  ["cloud.", false],
  ["cloud.e", false],
  ["https://", false],
  ["", false],
])("%s looks like a whole address: %s", (text, whole) => {
  expect(looksWhole(text)).toBe(whole);
});
