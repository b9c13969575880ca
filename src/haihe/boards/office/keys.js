/* A letter opens the form that carries it and waits in its first box; Ctrl+Enter sends the form. */
(() => {
  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (writing && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      writing.form?.requestSubmit();
      return;
    }
    if (writing || event.ctrlKey || event.metaKey || event.altKey) return;
    const form = document.querySelector(`details[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!form) return;
    event.preventDefault();
    form.open = true;
    (form.querySelector("textarea, input, select, button") ?? form).focus();
    form.scrollIntoView({ block: "center" });
  });
})();
