import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { whileVisible } from "../src/lib/model/renew";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

class Page extends EventTarget {
  hidden = false;
  show(visible: boolean) {
    this.hidden = !visible;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

test("it is renewed every ten seconds while the window is visible, not while it is hidden, and at once when it is back", () => {
  const page = new Page();
  const renew = vi.fn();
  const end = whileVisible(renew, 10, page as unknown as Document);
  vi.advanceTimersByTime(9_999);
  expect(renew).not.toHaveBeenCalled();
  vi.advanceTimersByTime(20_001);
  expect(renew).toHaveBeenCalledTimes(3);
  page.show(false);
  vi.advanceTimersByTime(600_000);
  expect(renew).toHaveBeenCalledTimes(3);
  page.show(true);
  expect(renew).toHaveBeenCalledTimes(4);
  vi.advanceTimersByTime(10_000);
  expect(renew).toHaveBeenCalledTimes(5);
  end();
  page.show(true);
  vi.advanceTimersByTime(60_000);
  expect(renew).toHaveBeenCalledTimes(5);
});

test("a window that opens hidden waits until it is seen", () => {
  const page = new Page();
  page.hidden = true;
  const renew = vi.fn();
  const end = whileVisible(renew, 10, page as unknown as Document);
  vi.advanceTimersByTime(60_000);
  expect(renew).not.toHaveBeenCalled();
  page.show(true);
  expect(renew).toHaveBeenCalledOnce();
  end();
});
