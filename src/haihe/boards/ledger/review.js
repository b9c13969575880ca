/* The drafts of a plan: the keyboard decides, and what was decided shows at once. */
(() => {
  const keys = { a: "accept", r: "reject", u: "undo", e: "edit" };
  const rowOf = (event) => event.target.closest?.(".hai-review li[data-id]");
  const decide = (row, deed) => {
    if (deed === "edit") location.assign(`/item/${row.dataset.id}#edit`);
    else emitEvent("review", { node: row.dataset.id, deed, version: row.dataset.version });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".hai-review button[data-deed]");
    if (button) decide(rowOf(event), button.dataset.deed);
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
      event.preventDefault();
      decide(row, deed);
      if (deed === "accept" || deed === "reject") go(row.nextElementSibling);
    } else if (event.key === "ArrowDown") go(row.nextElementSibling);
    else if (event.key === "ArrowUp") go(row.previousElementSibling);
  });

  /* Shows what the server keeps of some nodes now: id, version, state, the state in words, and the title. */
  function decided(rows) {
    for (const [id, version, state, words, title] of rows) {
      const row = document.getElementById(`node-${id}`);
      if (!row) continue;
      row.dataset.state = state;
      row.dataset.version = version;
      row.querySelector("i").textContent = words;
      row.querySelector("b").textContent = title;
    }
  }

  window.haiheLedger = { decided };
})();
