/** A fingerprint as people compare it: capitals, in pairs. Pure. */
export function grouped(fingerprint: string): string {
  const digits = fingerprint.replace(/^sha-?256[:/]/i, "").replace(/[\s:]/g, "");
  // What is not of digits to the base of 16 is shown as the program says it.
  if (!/^[0-9a-f]{16,}$/i.test(digits)) return fingerprint;
  return (
    digits
      .toUpperCase()
      .match(/.{1,2}/g)
      ?.join(":") ?? fingerprint
  );
}
