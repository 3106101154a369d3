/** What grows old by itself (“checked 20 s ago”) is asked anew while somebody can see it. */

type Page = Pick<Document, "hidden" | "addEventListener" | "removeEventListener">;

/** Every so many seconds while the window is visible, and at once when it becomes so. Returns how to end it. */
export function whileVisible(renew: () => void, seconds: number, page: Page = document): () => void {
  let clock: ReturnType<typeof setInterval> | undefined;
  const stop = () => {
    clearInterval(clock);
    clock = undefined;
  };
  const look = () => {
    stop();
    if (!page.hidden) clock = setInterval(renew, seconds * 1000);
  };
  const changed = () => {
    look();
    if (!page.hidden) renew();
  };
  look();
  page.addEventListener("visibilitychange", changed);
  return () => {
    stop();
    page.removeEventListener("visibilitychange", changed);
  };
}
