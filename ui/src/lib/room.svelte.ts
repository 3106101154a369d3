/**
 * How much room the window has, measured in rem as its styles do: large text
 * leaves as little of it as a small window.
 */
import { on } from "svelte/events";
import { createSubscriber } from "svelte/reactivity";

const resized = createSubscriber((update) => on(window, "resize", update));
const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

export const room = {
  /** There is room for a list beside what is open of it. */
  get wide(): boolean {
    resized();
    return window.innerWidth / rem() >= 50;
  },
  /** There is room for something that stays in sight while the rest scrolls. */
  get tall(): boolean {
    resized();
    return window.innerHeight / rem() >= 36;
  },
};
