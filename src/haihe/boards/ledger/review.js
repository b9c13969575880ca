/* The drafts of a plan: the keyboard decides, and what was decided shows at once. */
(() => {
  haiheWalk(".hai-review li", { a: "accept", r: "reject", u: "undo", e: "edit" }, (row, deed) => {
    if (deed === "edit") location.assign(`/item/${row.dataset.id}#edit`);
    else emitEvent("review", { node: row.dataset.id, deed, version: row.dataset.version });
    return deed === "accept" || deed === "reject";
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
