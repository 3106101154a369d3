import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SignIn } from "../../src/lib/assistant/sign-in.svelte";
import type { SignedIn } from "../../src/lib/types";
import { answering, promised, recognised, refused, settled, signedIn } from "./answers";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function at(program: ReturnType<typeof answering>, server = recognised) {
  const signIn = new SignIn(program);
  await signIn.at(server);
  return signIn;
}

test("the first way that the server offers is the first that is shown, until another one is chosen", async () => {
  const signIn = await at(answering());
  expect(signIn.way(recognised)).toBe("browser");
  signIn.choose("password");
  expect(signIn.way(recognised)).toBe("password");
  expect(signIn.way({ ...recognised, ways: ["browser"] })).toBe("browser");
});

test("what lacks is named, and nothing is sent", async () => {
  const program = answering();
  const signIn = await at(program);
  expect(signIn.lacks).toBe("login");
  signIn.login = "marie";
  expect(signIn.lacks).toBe("password");
  expect(await signIn.byPassword()).toBeNull();
  expect(program.asked).toEqual([]);
});

test("a password is forgotten as soon as it has done its work", async () => {
  const signIn = await at(answering());
  Object.assign(signIn, { login: "marie", password: "secret" });
  expect(await signIn.byPassword()).toEqual(signedIn);
  expect(signIn.password).toBe("");
});

test("a password that was refused stays in the field, and is never sent a second time", async () => {
  const wrong = refused("sign-in", "The server does not accept this password.", { field: "password" });
  const program = answering({ signIn: () => Promise.reject(wrong) });
  const signIn = await at(program);
  Object.assign(signIn, { login: "marie", password: "secret" });
  await signIn.byPassword();
  await signIn.byPassword();
  expect(signIn.password).toBe("secret");
  expect(signIn.refused).toEqual(wrong);
  expect(program.asked).toHaveLength(1);
  signIn.password = "other";
  await signIn.byPassword();
  expect(program.asked).toHaveLength(2);
});

test("what hindered the server and not the password may be tried again as it is", async () => {
  const program = answering({ signIn: () => Promise.reject(refused("unreachable", "Nothing answers.")) });
  const signIn = await at(program);
  Object.assign(signIn, { login: "marie", password: "secret" });
  await signIn.byPassword();
  await signIn.byPassword();
  expect(program.asked).toHaveLength(2);
});

test("the browser is waited for until somebody has signed in there", async () => {
  const answer = promised<SignedIn>();
  const signIn = await at(answering({ browserSignedIn: () => answer.promise }));
  const signing = signIn.byBrowser();
  await settled();
  expect(signIn.browser).toMatchObject({ kind: "waiting", minutes: 20 });
  answer.keep(signedIn);
  expect(await signing).toEqual(signedIn);
  expect(signIn.browser.kind).toBe("none");
  expect(signIn.login).toBe("marie.delmas");
});

test("whoever stops waiting is not signed in by what comes later", async () => {
  const answer = promised<SignedIn>();
  const program = answering({ browserSignedIn: () => answer.promise });
  const signIn = await at(program);
  const signing = signIn.byBrowser();
  await settled();
  await signIn.cancel();
  answer.keep(signedIn);
  expect(await signing).toBeNull();
  expect(signIn.signedIn).toBeNull();
  expect(program.asked).toContain("cancelBrowser b1");
  expect(program.asked).toContain("abandon s1");
});

test("whoever stops while the browser is being opened leaves nothing waiting", async () => {
  const opened = promised<{ id: string; url: string; minutes: number }>();
  const program = answering({ signInByBrowser: () => opened.promise });
  const signIn = await at(program);
  const signing = signIn.byBrowser();
  await signIn.cancel();
  opened.keep({ id: "b9", url: "https://x", minutes: 20 });
  await signing;
  expect(program.asked).toContain("cancelBrowser b9");
  expect(program.asked).not.toContain("browserSignedIn b9");
});

test("the page opens again, without a second sign-in", async () => {
  const program = answering({ browserSignedIn: () => promised<SignedIn>().promise });
  const signIn = await at(program);
  void signIn.byBrowser();
  await settled();
  await signIn.openAgain();
  expect(program.asked.filter((asked) => asked.startsWith("openPage"))).toEqual([
    "openPage https://cloud.research-example.org/login/flow",
  ]);
});

test("a page that nobody used in time is said to be no longer valid", async () => {
  const program = answering({ browserSignedIn: () => promised<SignedIn>().promise });
  const signIn = await at(program);
  void signIn.byBrowser();
  await vi.advanceTimersByTimeAsync(20 * 60_000);
  expect(signIn.browser.kind).toBe("expired");
  expect(program.asked).toContain("cancelBrowser b1");
});

test("the server says itself that the page is no longer valid", async () => {
  const signIn = await at(answering({ browserSignedIn: () => Promise.reject(refused("expired", "Too late.")) }));
  await signIn.byBrowser();
  expect(signIn.browser.kind).toBe("expired");
  expect(signIn.refused).toBeNull();
});

test("a refusal of the browser's sign-in is said", async () => {
  const disabled = refused("account-disabled", "Your account is disabled.");
  const signIn = await at(answering({ browserSignedIn: () => Promise.reject(disabled) }));
  await signIn.byBrowser();
  expect(signIn.browser.kind).toBe("none");
  expect(signIn.refused).toEqual(disabled);
});

test("another server signs out from the first one, and the same one does not", async () => {
  const program = answering();
  const signIn = await at(program);
  await signIn.byBrowser();
  await signIn.at({ ...recognised });
  expect(signIn.signedIn).toEqual(signedIn);
  await signIn.at({ ...recognised, address: "https://other.org" });
  expect(signIn.signedIn).toBeNull();
  expect(program.asked).toContain("abandon s1");
});
