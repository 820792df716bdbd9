// A draft that is never lost: form[data-autosave] is sent to data-autosave-url five seconds after a change, and when a
// field is left. Without network it tries again, longer each time; the text stays in the page. The state is told in
// [data-autosave-state], in sentences the server wrote in its data attributes.
const DELAY = 5000;
const SLOWEST = 60000;

class Autosave {
  constructor(form) {
    this.form = form;
    this.state = document.querySelector("[data-autosave-state]");
    this.words = this.state?.querySelector("span");
    this.timer = 0;
    this.wait = DELAY;
    this.changes = 0;
    this.saved = 0;
    this.running = false;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("focusout", () => this.pending() && this.schedule(300));
    form.addEventListener("submit", () => { this.leaving = true; });
    window.addEventListener("online", () => this.pending() && this.schedule(0));
    window.addEventListener("beforeunload", (event) => { if (this.pending() && !this.leaving) event.preventDefault(); });
    document.addEventListener("visibilitychange", () => document.hidden && this.pending() && this.save());
  }

  pending() { return this.changes > this.saved; }

  changed() {
    this.changes += 1;
    this.tell("typing");
    this.schedule(DELAY);
  }

  schedule(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  async save() {
    if (this.running || !this.pending()) return;
    this.running = true;
    const sent = this.changes;
    this.tell("saving");
    try {
      const body = new FormData(this.form);
      // Files travel with the form itself, never every five seconds.
      for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
      const answer = await fetch(this.form.dataset.autosaveUrl, {
        method: "POST", body, headers: { Accept: "application/json", "X-Requested-With": "autosave" },
        redirect: "manual", credentials: "same-origin",
      });
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw new Refused();
      if (!answer.ok) throw new Error(String(answer.status));
      await this.accept(answer, sent);
    } catch (problem) {
      this.tell(problem instanceof Refused ? "refused" : "offline");
      this.schedule(this.wait);
      this.wait = Math.min(this.wait * 2, SLOWEST);
    } finally {
      this.running = false;
    }
  }

  async accept(answer, sent) {
    const json = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    // Optimistic lock: the server may hand the draft's new version, sent back next time.
    const version = this.form.elements.namedItem("version");
    if (version && json.version !== undefined) version.value = json.version;
    for (const [name, value] of Object.entries(json.hidden ?? {})) {
      const field = this.form.elements.namedItem(name);
      if (field) field.value = value;
    }
    this.form.dispatchEvent(new CustomEvent("autosave:answer", { bubbles: true, detail: json }));
    this.saved = sent;
    this.wait = DELAY;
    if (this.pending()) this.schedule(DELAY);
    // The server took the request but not all of what was typed: its sentence says what to do.
    else if (json.sentence) this.tell("refused", null, json.sentence);
    else this.tell("saved", json.saved_at ? new Date(json.saved_at) : new Date());
  }

  tell(state, at, words) {
    if (!this.state || !this.words) return;
    const hour = at?.toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" }) ?? "";
    const time = document.documentElement.lang === "fr" ? hour.replace(":", "\u00a0h\u00a0") : hour;
    const sentence = (words ?? this.state.dataset[state] ?? "").replace("{time}", time);
    if (this.words.textContent !== sentence) this.words.textContent = sentence;
    this.state.className = `es-autosave es-autosave--${state}`;
  }
}

class Refused extends Error {}

for (const form of document.querySelectorAll("form[data-autosave]")) new Autosave(form);
