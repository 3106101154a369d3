/** The assistant, as somebody goes through it: signing in. */
import { expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import type { SignedIn } from "../../src/lib/types";
import { address, goOn, never, recognised, refusal, signedIn } from "../fixtures/assistant";
import { settle } from "../open";
import type { Scene } from "../program";
import { say, begin, asked, heading, described, field, active } from "./window";

const withPassword: Partial<Scene> = { recognise: recognised(say, { ways: ["password"] }) };

async function password(login: string, secret: string): Promise<void> {
  await userEvent.fill(field("Login or e-mail address"), login);
  await userEvent.fill(field("Password"), secret);
  await userEvent.keyboard("{Enter}");
  await settle();
}

test("the fields let a keychain of the browser's kind fill them, and the password can be shown", async () => {
  await begin(withPassword);
  await address();
  expect(field("Login or e-mail address").autocomplete).toBe("username");
  const secret = field("Password");
  expect([secret.type, secret.autocomplete]).toEqual(["password", "current-password"]);
  await page.getByRole("button", { name: "Show the password" }).click();
  expect(field("Password").type).toBe("text");
});

test("what lacks is told at its field", async () => {
  await begin(withPassword);
  await address();
  await goOn();
  expect(active()).toBe(field("Login or e-mail address"));
  expect(described(field("Login or e-mail address"))).toContain("A login is needed");
  await userEvent.keyboard("marie{Enter}");
  await settle();
  expect(active()).toBe(field("Password"));
  expect(described(field("Password"))).toContain("A password is needed");
  expect(asked("signIn")).toEqual([]);
});

test("a wrong password is explained at its field, and never sent a second time", async () => {
  await begin({
    recognise: recognised(say, { ways: ["password"], two_passwords: true }),
    signIn: () => refusal("sign-in", "Not accepted.", { field: "password" }),
  });
  await address();
  await expect.element(page.getByRole("heading", { name: "The local password" })).toBeVisible();
  await userEvent.fill(field("Login or e-mail address"), "marie");
  await userEvent.fill(field("Local password"), "institution");
  await userEvent.keyboard("{Enter}");
  await settle();
  const secret = field("Local password");
  expect(active()).toBe(secret);
  expect(secret.value).toBe("institution");
  expect(described(secret)).toContain("If it is your institution’s, try the local one.");
  await userEvent.keyboard("{Enter}");
  await settle();
  expect(asked("signIn")).toHaveLength(1);
  await expect.element(page.getByText("Nothing was sent now", { exact: false })).toBeVisible();
});

test("what is typed to mend a refused sign-in stays where it is typed", async () => {
  await begin({ ...withPassword, signIn: () => refusal("sign-in", "Not accepted.", { field: "password" }) });
  await address();
  await password("mar", "wrong");
  await userEvent.keyboard("right");
  expect(field("Password").value).toBe("right");
  const login = field("Login or e-mail address");
  login.focus();
  await userEvent.keyboard("{End}ie");
  await settle();
  expect(active()).toBe(login);
  expect([login.value, field("Password").value]).toEqual(["marie", "right"]);
});

test("where there is one password only, nothing is said of another one", async () => {
  await begin({
    ...withPassword,
    signIn: () =>
      refusal("sign-in", "", { field: "password", said: { sentence: "Not accepted.", remedy: "Check both." } }),
  });
  await address();
  await password("marie", "wrong");
  expect(described(field("Password"))).toContain("The server does not accept this password. Check both.");
  expect(described(field("Password"))).not.toContain("institution");
});

test("what refuses the account and no field of it is told without blaming one", async () => {
  await begin({ ...withPassword, signIn: () => refusal("account-disabled", "Disabled.") });
  await address();
  await password("marie", "secret");
  await expect.element(page.getByText("Your account is disabled on Research Cloud", { exact: false })).toBeVisible();
  expect(field("Password").getAttribute("aria-invalid")).toBeNull();
});

test("a second factor leads to the browser", async () => {
  await begin({
    recognise: recognised(say, { ways: ["password", "browser"] }),
    signIn: () => refusal("second-factor", "A second factor.", { field: "password" }),
    browserSignedIn: never,
  });
  await address();
  await password("marie", "secret");
  await page.getByRole("button", { name: "Continue in the browser" }).click();
  await expect.element(page.getByRole("heading", { name: "Waiting for your browser" })).toBeVisible();
});

test("the browser comes first where the server offers it; it is waited for, opened again, and left", async () => {
  await begin({ browserSignedIn: never });
  await address();
  await goOn();
  await expect.element(page.getByRole("heading", { name: "Waiting for your browser" })).toBeVisible();
  await expect.element(page.getByText("valid for 20 minutes", { exact: false })).toBeVisible();
  await goOn();
  expect(asked("openPage")).toEqual([{ url: "https://cloud.research-example.org/login/flow" }]);
  await page.getByRole("button", { name: "Stop waiting" }).click();
  await settle();
  expect(asked("cancelBrowser")).toEqual([{ id: "b1" }]);
  expect(asked("signInByBrowser")).toHaveLength(1);
  await expect.element(page.getByRole("heading", { name: "Sign in with your browser" })).toBeVisible();
});

test("whoever signs in there is taken on by itself", async () => {
  let signedInThere!: (who: SignedIn) => void;
  await begin({ browserSignedIn: () => new Promise<SignedIn>((done) => (signedInThere = done)) });
  await address();
  await goOn();
  signedInThere(signedIn(say));
  await vi.waitFor(() => expect(heading()).toBe("What should be on this computer?"));
});

test("a page that is no longer valid is opened anew", async () => {
  await begin({ browserSignedIn: () => refusal("expired", "") });
  await address();
  await goOn();
  await page.getByRole("button", { name: "Open a new one" }).click();
  await settle();
  expect(asked("signInByBrowser")).toHaveLength(2);
});

test("who prefers a password uses one, and may change their mind", async () => {
  await begin();
  await address();
  await page.getByRole("button", { name: "Use a password instead" }).click();
  expect(field("Password")).toBeTruthy();
  await page.getByRole("button", { name: "Sign in with the browser instead" }).click();
  await expect.element(page.getByRole("heading", { name: "Sign in with your browser" })).toBeVisible();
});
