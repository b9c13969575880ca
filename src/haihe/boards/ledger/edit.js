/* Two edited one item: whose words a field of the form takes. */
(() => {
  if (window.haiheMerge) return;
  const take = (radio) => {
    radio.checked = true;
    const form = radio.closest("details").querySelector("form");
    const box = form.elements[radio.dataset.field];
    const words = radio.dataset.words;
    if (box.multiple) {
      const chosen = words.split("、");
      [...box.options].forEach((one) => { one.selected = chosen.includes(one.value); });
    } else box.value = words;
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches?.(".hai-merge input[type=radio]")) take(event.target);
  });

  window.haiheMerge = {
    all: (whose) => document.querySelectorAll(`.hai-merge input[value=${whose}]`).forEach(take),
  };
})();
