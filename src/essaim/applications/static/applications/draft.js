// After a draft has saved itself, the parts of the page that depend on it (rules, balance) are shown anew; a field that
// could not be saved says why beside it, with the way to compare two texts.
document.addEventListener("autosave:answer", (event) => {
  const { html = {}, fields = {}, conflicts = [] } = event.detail;
  for (const [id, part] of Object.entries(html)) {
    const place = document.getElementById(id);
    if (place) place.innerHTML = part;
  }
  const form = event.target;
  for (const said of form.querySelectorAll("[data-autosave-said]")) said.remove();
  for (const [code, sentence] of Object.entries(fields)) {
    const question = form.querySelector(`[data-question="${CSS.escape(code)}"]`);
    if (question) question.append(notice(form, sentence, conflicts.includes(code)));
  }
});

function notice(form, sentence, crossed) {
  const box = document.createElement("div");
  box.className = "es-error";
  box.dataset.autosaveSaid = "";
  box.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = sentence;
  box.append(words);
  if (crossed) {
    const button = document.createElement("button");
    button.type = "submit";
    button.className = "fr-btn fr-btn--secondary";
    button.textContent = form.dataset.compare;
    box.append(button);
  }
  return box;
}
