/* A text and the list of its facts: each finds the other, the keyboard decides, and a form corrects. */
(() => {
  const rowOf = (event) => event.target.closest?.(".hai-facts li[data-id]");
  const rowFor = (id) =>
    document.getElementById(`fact-${id}`) ?? document.querySelector(`.hai-facts li[data-twins~="${id}"]`);
  const marksOf = (row) =>
    [row.dataset.id, ...row.dataset.twins.split(" ")]
      .filter(Boolean)
      .flatMap((id) => [...document.querySelectorAll(`.hai-reading mark[data-all~="${id}"]`)]);
  const form = () => document.querySelector(".hai-correct form");

  haiheWalk(".hai-facts li", { a: "accepted", r: "rejected", u: "found", c: "correct" }, (row, deed) => {
    const fact = Number(row.dataset.id);
    if (deed === "correct") emitEvent("form", { fact });
    else emitEvent("decide", { fact, deed, revision: row.dataset.revision });
    return deed === "accepted" || deed === "rejected";
  });

  /* The words last selected in the text, in code points of the whole text. */
  let taken = null;
  document.addEventListener("selectionchange", () => {
    const text = document.querySelector(".hai-reading");
    const chosen = document.getSelection();
    if (!text || !chosen.rangeCount || chosen.isCollapsed) return;
    const range = chosen.getRangeAt(0);
    if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return;
    const before = document.createRange();
    before.selectNodeContents(text);
    before.setEnd(range.startContainer, range.startOffset);
    const start = Number(text.dataset.start) + [...before.toString()].length;
    taken = { start, end: start + [...range.toString()].length, words: range.toString() };
  });

  function add(kind, words = taken) {
    if (words) emitEvent("form", { fact: null, kind, ...words });
  }

  function take() {
    if (!taken) return;
    form().dataset.start = taken.start;
    form().dataset.end = taken.end;
    form().querySelector("q").textContent = taken.words;
  }

  function close() {
    const back = form()?.dataset.fact;
    form()?.remove();
    if (back) rowFor(back)?.focus();
  }

  function show(row) {
    const mark = marksOf(row)[0];
    if (mark) return mark.scrollIntoView({ block: "center" });
    if (!row.dataset.at) return;
    const address = new URL(location);
    address.searchParams.set("at", row.dataset.at);
    address.hash = `span-${row.dataset.id}`;
    location.assign(address);
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-add]")) return add("");
    if (event.target.closest("[data-take]")) return take();
    if (event.target.closest("[data-cancel]")) return close();
    const mark = event.target.closest(".hai-reading mark[data-id]");
    if (mark && document.getSelection().isCollapsed) return rowFor(mark.dataset.id)?.focus();
    const row = rowOf(event);
    if (row && !event.target.closest("a, button")) show(row);
  });

  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-kinds]")) return;
    const { start, end } = form().dataset;
    const words = form().querySelector("q").textContent;
    add(event.target.value, { start: Number(start), end: Number(end), words });
  });

  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    const { fact, revision, kind, start, end } = form().dataset;
    const fields = Object.fromEntries(new FormData(form()));
    emitEvent("save", { fact: Number(fact), revision, kind, start, end, fields });
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches?.("input, select, textarea")) {
      if (event.key === "Escape" && form()?.contains(event.target)) close();
    } else if (event.key.toLowerCase() === "n" && taken && document.querySelector("[data-add]")) {
      event.preventDefault();
      add("");
    } else if (event.key === "Enter" && event.target === rowOf(event)) {
      event.preventDefault();
      marksOf(event.target)[0]?.focus();
    }
  });

  document.addEventListener("focusin", (event) => {
    const row = rowOf(event);
    if (!row) return;
    document.querySelectorAll("mark[data-here]").forEach((mark) => mark.removeAttribute("data-here"));
    marksOf(row).forEach((mark) => mark.setAttribute("data-here", ""));
    marksOf(row)[0]?.scrollIntoView({ block: "nearest" });
  });

  function progressed(words) {
    const line = document.querySelector(".hai-decided");
    if (line) line.textContent = words;
  }

  /* Shows what the server keeps of a fact now, and the state of it and of those that repeat it. */
  function decided([fact, html, states, words]) {
    const row = rowFor(fact);
    const focused = row?.contains(document.activeElement);
    if (row) row.outerHTML = html;
    if (focused) rowFor(fact).focus();
    for (const [id, state] of states)
      for (const mark of document.querySelectorAll(`.hai-reading mark[data-id="${id}"]`)) mark.dataset.state = state;
    progressed(words);
  }

  /* All was drawn anew: goes to a fact once it is there; a form that was not done stays, as for that fact now. */
  function redrawn([fact, words, done]) {
    progressed(words);
    if (done) form()?.remove();
    requestAnimationFrame(() => {
      const open = form()?.dataset;
      if (open?.fact) open.revision = rowFor(open.fact)?.dataset.revision ?? "";
      else if (fact) rowFor(fact)?.focus();
    });
  }

  /* Opens a form and goes to its first field. */
  function formed(html) {
    document.querySelector(".hai-correct").innerHTML = html;
    form().querySelector("input, select").focus({ preventScroll: true });
    form().scrollIntoView({ block: "nearest" });
  }

  /* Goes to the fact that the address names, once it is drawn. */
  function arrive() {
    document.querySelector(".hai-facts li")?.setAttribute("tabindex", "0");
    if (location.hash) document.getElementById(location.hash.slice(1))?.focus();
  }

  window.haiheReview = { decided, redrawn, formed, arrive };
})();
