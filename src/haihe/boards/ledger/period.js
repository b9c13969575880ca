/* The lights of a period: the keyboard confirms or changes them, and what was issued shows at once. */
(() => {
  const states = ["on_track", "near", "behind", "overdue", "unknown"];
  const rowOf = (event) => event.target.closest?.(".hai-period li[data-id]");
  const listOf = (row) => row.closest(".hai-period");
  const issue = (row, state, reason) => emitEvent("light", { node: row.dataset.id, state, reason });

  /* Asks for the reason in the row, unless the light is the rule's and the period is open. */
  function choose(row, state) {
    if (state === row.dataset.rule && !("locked" in listOf(row).dataset)) return issue(row, state, "");
    const form = document.getElementById("period-reason");
    form.hidden = false;
    form.dataset.state = state;
    form.reason.value = "";
    row.append(form);
    row.querySelectorAll("button[data-light]").forEach((each) =>
      each.setAttribute("aria-pressed", String(each.dataset.light === state)));
    form.reason.focus();
  }

  function put(form) {
    form.hidden = true;
    const row = form.closest("li");
    row.querySelectorAll("button[aria-pressed]").forEach((each) => each.removeAttribute("aria-pressed"));
    row.focus();
    return row;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".hai-period button[data-light]");
    if (button) choose(rowOf(event), button.dataset.light || rowOf(event).dataset.rule);
  });

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "period-reason") return;
    event.preventDefault();
    const { state } = event.target.dataset;
    const reason = event.target.reason.value;
    issue(put(event.target), state, reason);
  });

  document.addEventListener("keydown", (event) => {
    const row = rowOf(event);
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.name === "reason") {
      if (event.key === "Escape") put(event.target.form);
      return;
    }
    const go = (other) => {
      event.preventDefault();
      other?.focus();
    };
    const decides = row.querySelector("button[data-light]");
    if (decides && event.key.toLowerCase() === "c") {
      event.preventDefault();
      choose(row, row.dataset.rule);
      if (!("locked" in listOf(row).dataset)) go(row.nextElementSibling);
    } else if (decides && states[event.key - 1]) {
      event.preventDefault();
      choose(row, states[event.key - 1]);
    } else if (event.key === "ArrowDown") go(row.nextElementSibling);
    else if (event.key === "ArrowUp") go(row.previousElementSibling);
  });

  /* Shows what the office issued for a node now: its light, and how that looks. */
  function issued(id, state, html) {
    const row = document.querySelector(`.hai-period li[data-id="${id}"]`);
    if (!row) return;
    row.dataset.issued = state;
    row.querySelector("[data-office]").innerHTML = html;
  }

  window.haihePeriod = { issued };
})();
