/** The assistant, as somebody goes through it: which server. */
import { expect, test } from "vitest";
import { page, userEvent } from "vitest/browser";
import { $, address, goOn, recognised, refusal } from "../fixtures/assistant";
import { settle } from "../open";
import { say, begin, asked, heading, described, field, active } from "./window";

test("a pasted page is recognised by itself, and Enter goes on to the sign-in, whose heading has the focus", async () => {
  await begin();
  await userEvent.fill(field("Server address"), "https://cloud.research-example.org/index.php/apps/files");
  await expect.element(page.getByRole("heading", { name: "Research Cloud" })).toBeVisible();
  await expect.element(page.getByText("Address used: https://cloud.research-example.org")).toBeVisible();
  await userEvent.keyboard("{Enter}");
  await settle();
  expect(heading()).toBe("Sign in to Research Cloud");
  expect(active()).toBe($("h1"));
  expect(asked("recognise")).toHaveLength(1);
});

test("an address is needed: the field says so and has the focus, and the button was never disabled", async () => {
  await begin();
  const button = $<HTMLButtonElement>("footer button[type='submit']");
  expect(button.disabled).toBe(false);
  await goOn();
  const address = field("Server address");
  expect(active()).toBe(address);
  expect(address.getAttribute("aria-invalid")).toBe("true");
  expect(described(address)).toContain("An address is needed");
  expect(asked("recognise")).toEqual([]);
});

test("what does not answer is told at the field, which keeps what was typed", async () => {
  await begin({ recognise: () => refusal("unreachable", "Nothing answers at cloud.example.org.") });
  await address("cloud.example.org");
  const input = field("Server address");
  expect(described(input)).toContain("Nothing answers at cloud.example.org.");
  expect(input.value).toBe("cloud.example.org");
  expect(active()).toBe(input);
  expect(heading()).toBe("Where are your files?");
});

test("half an address is not held against anybody before they go on", async () => {
  await begin({ recognise: () => refusal("no-storage", "This is no storage.") });
  await userEvent.fill(field("Server address"), "news.example.org");
  await expect.element(page.getByText("This is no storage.")).toBeVisible();
  expect(field("Server address").getAttribute("aria-invalid")).toBeNull();
  await goOn();
  expect(field("Server address").getAttribute("aria-invalid")).toBe("true");
});

test("a network that wants a sign-in offers its page", async () => {
  await begin({ recognise: () => refusal("portal", "Sign in first.") });
  await address("https://cloud.example.org/apps/files");
  await page.getByRole("button", { name: "Open the page" }).click();
  expect(asked("openPage")).toEqual([{ url: "http://cloud.example.org" }]);
});

test("an address without encryption is tried with it at a click", async () => {
  await begin({
    recognise: ({ address }) =>
      String(address).startsWith("http:") ? refusal("not-encrypted", "Not encrypted.") : recognised(say),
  });
  await address("http://cloud.example.org");
  await page.getByRole("button", { name: "Use https" }).click();
  await expect.element(page.getByRole("heading", { name: "Research Cloud" })).toBeVisible();
  expect(field("Server address").value).toBe("https://cloud.example.org");
});
