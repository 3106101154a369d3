import { describe, expect, it } from "vitest";
import * as v from "../../src/lib/settings/values";

describe("values of settings", () => {
  it("are shown and written down again as they were", () => {
    for (const text of ["none", "gentle", "2 MB/s", "1.5 GB/s", "50 KB/s"]) {
      expect(v.rateText(v.rateFrom(text))).toBe(text);
    }
    for (const text of ["always", "20:00-06:00", "09:30-17:00"]) expect(v.hoursText(v.hoursFrom(text))).toBe(text);
    for (const text of ["usual", "none", "2 GB", "5 %"]) expect(v.reserveText(v.reserveFrom(text))).toBe(text);
    for (const text of ["none", "500 MB", "1.5 TB"]) expect(v.largestText(v.largestFrom(text))).toBe(text);
    for (const text of [
      "system",
      "none",
      "http://proxy.example.org:3128",
      "socks5://me@proxy.example.org",
      "https://a%40b@proxy.example.org:8443",
      "http://[::1]:3128",
    ]) {
      expect(v.proxyText(v.proxyFrom(text))).toBe(text);
    }
  });

  it("take amounts as they are typed in both languages", () => {
    expect(v.amountText({ number: "1,5", unit: "GB" })).toBe("1.5 GB");
    expect(v.amountText({ number: " 20 ", unit: "MB" })).toBe("20 MB");
    for (const number of ["", "0", "-1", "1e9", "a", "1.", "1.2.3"]) {
      expect(v.amountText({ number, unit: "MB" }), number).toBe(null);
    }
    expect(v.amountFrom("2mb")).toEqual({ number: "2", unit: "MB" });
    expect(v.amountFrom("7 B")).toBe(null);
  });

  it("are no rate when they are slower than the program takes", () => {
    expect(v.rateText({ kind: "fixed", amount: { number: "9", unit: "KB" } })).toBe(null);
    expect(v.rateText({ kind: "fixed", amount: { number: "10", unit: "KB" } })).toBe("10 KB/s");
  });

  it("are hours only between two times that differ", () => {
    expect(v.hoursText({ from: "20:00", to: "20:00" })).toBe(null);
    expect(v.hoursText({ from: "", to: "20:00" })).toBe(null);
    expect(v.hoursText({ from: "24:00", to: "20:00" })).toBe(null);
    expect(v.hoursFrom("9:30-17:00")).toEqual({ from: "09:30", to: "17:00" });
    expect([v.overMidnight(v.hoursFrom("20:00-06:00")), v.overMidnight(v.hoursFrom("06:00-20:00"))]).toEqual([
      true,
      false,
    ]);
  });

  it("keep at most half of a disk free", () => {
    expect(v.reserveText({ kind: "percent", percent: "50" })).toBe("50 %");
    expect(v.reserveText({ kind: "percent", percent: "51" })).toBe(null);
    expect(v.reserveText({ kind: "percent", percent: "" })).toBe(null);
  });

  it("are a proxy without a password, and only one that can be reached", () => {
    const at = (change: Partial<v.Address>) => v.proxyText({ kind: "manual", address: { ...v.NOWHERE, ...change } });
    expect(at({ host: "proxy", port: "3128" })).toBe("http://proxy:3128");
    expect(at({ host: "proxy", login: "marie@labo.org" })).toBe("http://marie%40labo.org@proxy");
    expect(at({ host: "" })).toBe(null);
    expect(at({ host: "a b" })).toBe(null);
    expect(at({ host: "proxy", port: "99999" })).toBe(null);
    expect(at({ host: "me:secret@proxy" })).toBe(null);
    expect(v.addressFrom("socks5://me@proxy.example.org:1080")).toEqual({
      scheme: "socks5",
      host: "proxy.example.org",
      port: "1080",
      login: "me",
    });
    expect(v.addressFrom("proxy.example.org")).toBe(null);
    expect(v.addressFrom("ftp://proxy")).toBe(null);
  });
});
