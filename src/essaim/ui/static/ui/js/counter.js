// How many characters are left, too many or missing, counted as the server counts them (spaces at both ends do not).
// The sentences are the server's, in data attributes of [data-counter]; they are told once the typing pauses.
for (const told of document.querySelectorAll("[data-counter]")) {
  const field = document.getElementById(told.dataset.counter);
  const [low, high] = [Number(field?.dataset.low), Number(field?.dataset.high)];
  const words = new Intl.NumberFormat(document.documentElement.lang);
  let timer = 0;
  const tell = () => {
    const length = [...field.value.trim()].length;
    const [kind, count] = length && length < low ? ["short", low - length] : high && length > high ? ["over", length - high] : ["left", high ? high - length : 0];
    const sentence = kind === "left" && !high ? "" : told.dataset[`${kind}${count > 1 || count === 0 && document.documentElement.lang === "en" ? "Many" : "One"}`];
    told.textContent = sentence.replace("{n}", words.format(count));
    told.classList.toggle("es-counter--wrong", kind !== "left");
  };
  field?.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(tell, 300); });
  told.setAttribute("aria-live", "polite");
}
