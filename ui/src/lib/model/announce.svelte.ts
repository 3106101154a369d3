/** What is said to those who listen, politely: the newest only. */
class Announcer {
  text = $state("");
  say(text: string): void {
    this.text = text;
  }
}

export const announcer = new Announcer();
