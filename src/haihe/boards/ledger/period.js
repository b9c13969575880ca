/* The lights of a period: the keyboard confirms or changes them, and what was issued shows at once. */
(() => {
  const keys = { c: "confirm", 1: "on_track", 2: "near", 3: "behind", 4: "overdue", 5: "unknown" };
  const locked = (row) => "locked" in row.closest(".hai-period").dataset;
  const issue = (row, state, reason) => emitEvent("light", { node: row.dataset.id, state, reason });

  /* Asks for the reason in the row, unless the light is the rule's and the period is open. */
  function choose(row, state) {
    if (state === row.dataset.rule && !locked(row)) return issue(row, state, "");
    const form = document.getElementById("period-reason");
    form.hidden = false;
    form.dataset.state = state;
    form.reason.value = "";
    row.append(form);
    row.querySelectorAll("button[data-deed]").forEach((each) =>
      each.setAttribute("aria-pressed", String(each.dataset.deed === state)));
    form.reason.focus();
  }

  function put(form) {
    form.hidden = true;
    const row = form.closest("li");
    row.querySelectorAll("button[aria-pressed]").forEach((each) => each.removeAttribute("aria-pressed"));
    row.focus();
    return row;
  }

  haiheWalk(".hai-period li", keys, (row, deed) => {
    choose(row, deed === "confirm" ? row.dataset.rule : deed);
    return deed === "confirm" && !locked(row);
  });

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "period-reason") return;
    event.preventDefault();
    const { state } = event.target.dataset;
    const reason = event.target.reason.value;
    issue(put(event.target), state, reason);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.matches?.("#period-reason input")) put(event.target.form);
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
