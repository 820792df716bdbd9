// Who else has this draft open: asked every fifteen seconds while the page is in sight, never when one writes alone.
const EVERY = 15000;

for (const form of document.querySelectorAll("form[data-presence-url]")) {
  const place = document.getElementById("presents");
  let marked = [];
  const ask = async () => {
    if (document.hidden) return;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
    body.set("step", form.dataset.presenceStep);
    body.set("field", document.activeElement?.closest?.("[data-question]")?.dataset.question ?? "");
    try {
      const answer = await fetch(form.dataset.presenceUrl, {
        method: "POST", body, redirect: "manual", credentials: "same-origin", headers: { "X-Requested-With": "presence" },
      });
      if (answer.ok) show(await answer.json());
    } catch { /* no network: autosave says so */ }
  };
  const show = (json) => {
    if (place && place.dataset.shown !== json.html) {
      place.innerHTML = json.html;
      place.dataset.shown = json.html;
    }
    for (const mark of marked) mark.remove();
    marked = Object.entries(json.fields).flatMap(([code, sentence]) => {
      const question = form.querySelector(`[data-question="${CSS.escape(code)}"]`);
      if (!question) return [];
      const mark = document.createElement("p");
      mark.className = "es-question__busy";
      mark.textContent = sentence;
      question.prepend(mark);
      return [mark];
    });
  };
  ask();
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
}
