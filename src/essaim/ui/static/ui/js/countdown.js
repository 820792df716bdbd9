// The time left before a deadline, by the server's clock: the page says what time it was there (data-now), and we
// count what has passed since with a clock that nobody can set. The words change each minute, each second at the end.
const started = performance.now();

function words(seconds, lang) {
  const fr = lang === "fr";
  const plural = (count, one) => `${count}\u00a0${one}${count > 1 ? "s" : ""}`;
  const days = Math.floor(seconds / 86400);
  const hours = Math.floor((seconds % 86400) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const name = fr ? ["jour", "heure", "minute", "seconde"] : ["day", "hour", "minute", "second"];
  const parts = days ? [plural(days, name[0]), hours && plural(hours, name[1])]
    : hours ? [plural(hours, name[1]), minutes && plural(minutes, name[2])]
    : minutes >= 5 ? [plural(minutes, name[2])]
    : [minutes && plural(minutes, name[2]), plural(Math.floor(seconds % 60), name[3])];
  return (fr ? "dans " : "in ") + parts.filter(Boolean).join(fr ? " et " : " and ");
}

function show(element) {
  const passed = (performance.now() - started) / 1000;
  const left = (Date.parse(element.dataset.deadline) - Date.parse(element.dataset.now)) / 1000 - passed;
  if (left <= 0) {
    if (element.dataset.running) location.reload();
    return;
  }
  element.dataset.running = "yes";
  const sentence = words(left, document.documentElement.lang);
  if (element.textContent !== sentence) element.textContent = sentence;
  setTimeout(() => show(element), left < 600 ? 1000 : 30000);
}

for (const element of document.querySelectorAll("[data-countdown]")) show(element);

// The same instant where the reader is, when their clock is not that of the call: beside it, never instead of it.
for (const element of document.querySelectorAll("time[data-here]")) {
  const how = { dateStyle: "full", timeStyle: "long" };
  const said = new Intl.DateTimeFormat(document.documentElement.lang, how).format(new Date(element.dateTime));
  element.textContent = `${element.dataset.here} ${said}`;
}
