// A table that loads on as its reader scrolls.

/** How far below the visible part rows are fetched ahead, in pixels. */
const AHEAD = 200;
const LIMIT = 100;

export class ScrollingTable {
  #section; #fetchPage; #cells;
  #observer; #next = null; #ended = false; #failed = false; #loading = null;

  /** `fetchPage({cursor, limit}, signal)` answers a page; `cells(row)` the texts of a row. */
  constructor(section, fetchPage, cells) {
    this.#section = section;
    this.#fetchPage = fetchPage;
    this.#cells = cells;
    const root = this.#scroller;
    this.#observer = new IntersectionObserver(() => this.#fill(), { root, rootMargin: `${AHEAD}px` });
    this.#observer.observe(this.#sentinel);
  }

  /** Drops all pages, and whatever is under way, and starts again from the first. */
  restart() {
    this.#loading?.abort();
    this.#loading = null;
    [this.#next, this.#ended, this.#failed] = [null, false, false];
    this.#body.replaceChildren();
    this.#scroller.scrollTop = 0;
    this.#count("");
    return this.#fill();
  }

  get #scroller() { return this.#section.querySelector(".scroller"); }
  get #table() { return this.#section.querySelector("table"); }
  get #body() { return this.#section.querySelector("tbody"); }
  get #sentinel() { return this.#section.querySelector(".sentinel"); }

  /** Fetches pages until the end of the rows is out of sight: an observer tells of changes only, and a short page makes none. */
  async #fill() {
    if (this.#loading) return;
    const loading = this.#loading = new AbortController();
    this.#table.setAttribute("aria-busy", "true");
    try {
      while (!this.#ended && !this.#failed && this.#isInSight()) {
        this.#say("Loading …");
        const page = await this.#fetchPage({ cursor: this.#next, limit: LIMIT }, loading.signal);
        if (loading.signal.aborted) return;
        this.#append(page);
        this.#observeAnew();
      }
    } catch (error) {
      if (loading.signal.aborted) return;
      this.#fail(error);
    }
    this.#loading = null;
    this.#table.removeAttribute("aria-busy");
  }

  /** New rows may push the end out of sight and a scroll bring it back within one frame, which the observer takes for no change. */
  #observeAnew() {
    this.#observer.unobserve(this.#sentinel);
    this.#observer.observe(this.#sentinel);
  }

  #isInSight() {
    return this.#sentinel.getBoundingClientRect().top < this.#scroller.getBoundingClientRect().bottom + AHEAD;
  }

  #append(page) {
    const first = this.#body.rows.length;
    this.#body.append(...page.data.map((row, index) => this.#row(row, first + index)));
    this.#next = page.next;
    this.#ended = page.state === "end";
    this.#section.querySelector("table").setAttribute("aria-rowcount", page.count.exact === undefined ? -1 : page.count.exact + 1);
    this.#count(counted(page.count));
    this.#say(this.#ended ? (this.#body.rows.length ? "That is all." : "Nothing here yet.") : "");
  }

  #row(row, index) {
    const line = document.createElement("tr");
    line.setAttribute("aria-rowindex", index + 2);
    for (const text of this.#cells(row)) line.insertCell().textContent = text ?? "–";
    return line;
  }

  #fail(error) {
    this.#failed = true;
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = error.startAgain ? "Start again" : "Try again";
    again.addEventListener("click", () => {
      this.#failed = false;
      if (error.startAgain) this.restart(); else this.#fill();
    });
    const text = document.createElement("span");
    text.setAttribute("role", "alert");
    text.textContent = `These rows could not be loaded: ${error.message}. `;
    this.#sentinel.replaceChildren(text, again);
  }

  #say(text) { this.#sentinel.textContent = text; }
  #count(text) { this.#section.querySelector("h2 small").textContent = text; }
}

function counted(count) {
  if (count.exact !== undefined) return count.exact.toLocaleString("en");
  return count.at_least === undefined ? "" : `${(count.at_least - 1).toLocaleString("en")}+`;
}
