// After a draft has saved itself, the parts of the page that depend on it (rules, balance) are shown anew.
document.addEventListener("autosave:answer", (event) => {
  for (const [id, html] of Object.entries(event.detail.html ?? {})) {
    const part = document.getElementById(id);
    if (part) part.innerHTML = html;
  }
});
