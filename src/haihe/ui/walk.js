/* A list whose rows the arrows walk; keys and the buttons of a row name a deed, after which `decide` may go on. */
window.haiheWalk = (rows, keys, decide) => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest(`${rows} button[data-deed]`);
    if (button) decide(button.closest(rows), button.dataset.deed);
  });

  document.addEventListener("keydown", (event) => {
    const row = event.target.closest?.(rows);
    const writing = event.target.matches?.("input, select, textarea");
    if (!row || writing || event.ctrlKey || event.metaKey || event.altKey) return;
    const deed = row.querySelector("button[data-deed]") && keys[event.key.toLowerCase()];
    if (!deed && event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    if (deed && !decide(row, deed)) return;
    (event.key === "ArrowUp" ? row.previousElementSibling : row.nextElementSibling)?.focus();
  });
};
