/* A text and the list of its facts: each finds the other, and the keyboard decides. */
(() => {
  const keys = { a: "accept", r: "reject", u: "undo" };
  const rowOf = (event) => event.target.closest?.(".hai-facts li[data-id]");
  const marksOf = (row) => document.querySelectorAll(`.hai-reading mark[data-all~="${row.dataset.id}"]`);
  const decide = (row, deed) => emitEvent("decide", { fact: row.dataset.id, deed });

  document.addEventListener("click", (event) => {
    const mark = event.target.closest(".hai-reading mark[data-id]");
    if (mark) return document.getElementById(`fact-${mark.dataset.id}`)?.focus();
    const row = rowOf(event);
    if (!row || event.target.closest("a")) return;
    const button = event.target.closest("button[data-deed]");
    if (button) decide(row, button.dataset.deed);
    else marksOf(row)[0]?.scrollIntoView({ block: "center" });
  });

  document.addEventListener("keydown", (event) => {
    const row = rowOf(event);
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const go = (other) => {
      event.preventDefault();
      other?.focus();
    };
    const deed = row.querySelector("button[data-deed]") && keys[event.key.toLowerCase()];
    if (deed) {
      decide(row, deed);
      if (deed !== "undo") go(row.nextElementSibling);
    } else if (event.key === "ArrowDown") go(row.nextElementSibling);
    else if (event.key === "ArrowUp") go(row.previousElementSibling);
    else if (event.key === "Enter" && event.target === row) go(marksOf(row)[0]);
  });

  document.addEventListener("focusin", (event) => {
    const row = rowOf(event);
    if (!row) return;
    document.querySelectorAll("mark[data-here]").forEach((mark) => mark.removeAttribute("data-here"));
    marksOf(row).forEach((mark) => mark.setAttribute("data-here", ""));
    marksOf(row)[0]?.scrollIntoView({ block: "nearest" });
  });

  /* Shows what the server keeps of a fact now. */
  function decided(fact, state, words) {
    const row = document.getElementById(`fact-${fact}`);
    if (!row) return;
    for (const part of [row, ...document.querySelectorAll(`mark[data-id="${fact}"]`)]) part.dataset.state = state;
    row.querySelector("i").textContent = words;
  }

  /* Goes to the fact that the address names, once it is drawn. */
  function arrive() {
    if (location.hash) document.getElementById(location.hash.slice(1))?.focus();
  }

  window.haiheReview = { decided, arrive };
})();
