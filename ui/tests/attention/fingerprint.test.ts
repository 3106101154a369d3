import { expect, it } from "vitest";
import { grouped } from "../../src/lib/attention/fingerprint";

it("shows a fingerprint in pairs, however it was written", () => {
  const shown = "AB:CD:EF:01:23:45:67:89";
  for (const text of ["abcdef0123456789", "AB:CD:EF:01:23:45:67:89", "sha256:abcdef0123456789"]) {
    expect(grouped(text)).toBe(shown);
  }
  expect(grouped("SHA256:q83vASNFZ4k+")).toBe("SHA256:q83vASNFZ4k+");
});
