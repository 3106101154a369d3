/** Tomorrow at eight: when a pause “until tomorrow” ends. */
export function untilMorning(now: Date): { at: number; seconds: number } {
  const morning = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 8);
  return { at: morning.getTime() / 1000, seconds: Math.round((morning.getTime() - now.getTime()) / 1000) };
}
