// Keeps the parts of the admin's live page up to date: over a socket, by asking every few seconds where there is none.

const POLL = 5_000;
const AGAIN = [1_000, 2_000, 5_000, 10_000, 30_000];
const STALE = 10_000;
const REFUSED = new Set([4401, 4403]);

/**
 * Make `old` look like `fresh` and keep what is the same: focus, selections and opened details stay.
 * Scripts in `fresh` could not run: it comes from a DOMParser.
 */
export function morph(old, fresh) {
  const theirs = [...fresh.childNodes];
  for (const [index, node] of theirs.entries()) {
    const mine = old.childNodes[index];
    if (mine === undefined) old.append(document.importNode(node, true));
    else if (mine.nodeName !== node.nodeName) mine.replaceWith(document.importNode(node, true));
    else if (node.nodeType === Node.ELEMENT_NODE) {
      attributes(mine, node);
      morph(mine, node);
    } else if (mine.nodeValue !== node.nodeValue) mine.nodeValue = node.nodeValue;
  }
  while (old.childNodes.length > theirs.length) old.lastChild.remove();
}

function attributes(mine, node) {
  for (const { name } of [...mine.attributes]) {
    const opened = name === "open" && mine.nodeName === "DETAILS";
    if (!node.hasAttribute(name) && !opened) mine.removeAttribute(name);
  }
  for (const { name, value } of node.attributes) if (mine.getAttribute(name) !== value) mine.setAttribute(name, value);
}

/** Draws what the server says, and says how old it is. */
export class Page {
  constructor(root) {
    this.root = root;
    this.state = root.querySelector("[data-state]");
    this.at = root.querySelector("[data-at]");
    this.drawn = performance.now();
  }

  draw(told) {
    const parser = new DOMParser();
    for (const part of this.root.querySelectorAll("[data-part]")) {
      const html = told.parts[part.dataset.part];
      // Within an element: the parser drops white space at the beginning of a body, and places would shift.
      if (html !== undefined) morph(part, parser.parseFromString(`<div>${html}</div>`, "text/html").body.firstChild);
    }
    this.at.dateTime = told.at;
    this.at.textContent = `${told.at.slice(0, 10)} ${told.at.slice(11, 19)} UTC`;
    this.drawn = performance.now();
  }

  say(text) {
    if (this.state.textContent !== text) this.state.textContent = text;
  }

  get stale() {
    return performance.now() - this.drawn > STALE;
  }
}

/** A socket while there is one, questions over HTTP while there is none. */
export class Line {
  constructor(page, { socket, numbers }) {
    this.page = page;
    this.address = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${socket}`;
    this.numbers = numbers;
    this.tries = 0;
    this.polling = undefined;
  }

  open() {
    const socket = new WebSocket(this.address);
    socket.onmessage = ({ data }) => {
      this.tries = 0;
      clearInterval(this.polling);
      this.polling = undefined;
      this.page.draw(JSON.parse(data));
      this.page.say("Live, as of");
    };
    socket.onclose = ({ code }) => {
      if (REFUSED.has(code)) {
        clearInterval(this.polling);
        this.page.say("You may not watch any more: log in again. As of");
        return;
      }
      this.polling ??= setInterval(() => void this.ask(), POLL);
      setTimeout(() => this.open(), AGAIN[Math.min(this.tries, AGAIN.length - 1)]);
      this.tries += 1;
    };
  }

  async ask() {
    try {
      const answer = await fetch(this.numbers, { redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      this.page.draw(await answer.json());
      this.page.say(`No socket; asked every ${POLL / 1000} s, as of`);
    } catch {
      this.page.say("The site does not answer; as of");
    }
  }
}

const root = document.querySelector("#live");
if (root !== null) {
  const page = new Page(root);
  new Line(page, root.dataset).open();
  setInterval(() => page.stale && page.say("Nothing new lately; as of"), STALE);
}
