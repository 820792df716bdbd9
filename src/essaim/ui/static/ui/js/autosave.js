// A draft that is never lost: form[data-autosave] is sent to data-autosave-url five seconds after a change, and when a
// field is left. Without network, server or session it says so, keeps what is typed in the page, tries again, longer each
// time, and sends when it can. With data-autosave-key what is not sent yet is also kept in this browser, encrypted with
// that key, which only the server gives: a closed tab or a crash loses nothing (docs/adr/0007). The state is told in
// [data-autosave-state], in sentences the server wrote in its data attributes.
import { Copy } from "./autosave-copy.js";

const DELAY = 5000;
const SLOWEST = 30000;
const PATIENCE = 20000; // a server that does not answer within this time is not there
const HIDDEN = new Set(["csrfmiddlewaretoken", "seen", "version"]);

class Autosave {
  constructor(form) {
    this.form = form;
    this.state = document.querySelector("[data-autosave-state]");
    this.words = this.state?.querySelector("span");
    this.timer = 0;
    this.wait = DELAY;
    this.changes = 0;
    this.saved = 0;
    this.running = null;
    this.since = null; // when the network, the server or the session went
    this.baseline = this.read();
    this.copy = new Copy(form);
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("focusout", () => this.pending() && !this.since && this.schedule(300));
    form.addEventListener("submit", (event) => this.submitted(event));
    window.addEventListener("online", () => this.pending() && this.retry());
    window.addEventListener("offline", () => this.lost("offline"));
    window.addEventListener("focus", () => this.since && this.pending() && this.retry());
    window.addEventListener("pageshow", () => { this.leaving = false; });
    window.addEventListener("beforeunload", (event) => { if (this.pending() && !this.leaving) event.preventDefault(); });
    document.addEventListener("visibilitychange", () => document.hidden && this.pending() && this.save());
    this.begin();
  }

  async begin() {
    const back = await this.copy.restore(this.baseline);
    if (back.length) this.tell("restored");
    if (back.length || "autosaveUnsaved" in this.form.dataset) { this.changes += 1; this.schedule(50); }
  }

  pending() { return this.changes > this.saved; }

  // What the form says now: name -> values, files and hidden marks left out.
  read() {
    const values = new Map();
    for (const [name, value] of new FormData(this.form)) {
      if (HIDDEN.has(name) || value instanceof File) continue;
      values.set(name, [...(values.get(name) ?? []), value]);
    }
    return values;
  }

  changed() {
    this.changes += 1;
    if (this.since) this.lost(this.why);
    else { this.tell("typing"); this.schedule(DELAY); }
    this.copy.keep(this.read(), this.baseline);
  }

  schedule(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), delay);
  }

  retry() {
    this.wait = DELAY;
    this.schedule(0);
  }

  // One request at a time: what is typed meanwhile goes in the next one, so that texts arrive in the order they were typed.
  save() {
    this.running ??= this.send().finally(() => { this.running = null; });
    return this.running;
  }

  async send() {
    if (!this.pending()) return;
    const sent = this.changes;
    const values = this.read();
    if (!this.since) this.tell("saving");
    try {
      const body = new FormData(this.form);
      // Files travel with the form itself, never every five seconds; without them, the plain encoding is read faster.
      for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
      const answer = await this.fetch(this.form.dataset.autosaveUrl, {
        method: "POST", body: new URLSearchParams(body), headers: { Accept: "application/json", "X-Requested-With": "autosave" },
      });
      if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) throw new Refused();
      if (!answer.ok) throw new Error(String(answer.status));
      await this.accept(answer, sent, values);
    } catch (problem) {
      if (problem instanceof Refused && await this.signedInAgain()) this.schedule(0);
      else {
        this.lost(problem instanceof Refused ? "refused" : "offline");
        this.schedule(this.wait * (0.8 + Math.random() * 0.4)); // not all browsers at the same instant
        this.wait = Math.min(this.wait * 2, SLOWEST);
      }
    }
  }

  fetch(url, options) {
    const patience = AbortSignal.timeout(PATIENCE);
    return fetch(url, { redirect: "manual", credentials: "same-origin", signal: patience, ...options });
  }

  // A session opened in another tab gives this page a new token; only for the person the page was made for.
  async signedInAgain() {
    try {
      const answer = await this.fetch(location.pathname, { headers: { "X-Requested-With": "autosave" } });
      if (!answer.ok) return false;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const form = page.querySelector("form[data-autosave]");
      const token = form?.elements.namedItem("csrfmiddlewaretoken")?.value;
      const mine = this.form.elements.namedItem("csrfmiddlewaretoken");
      if (!token || token === mine.value || form.dataset.autosaveKey !== this.form.dataset.autosaveKey) return false;
      if (this.renewed && Date.now() - this.renewed < DELAY) return false;
      this.renewed = Date.now();
      for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
      return true;
    } catch { return false; }
  }

  async accept(answer, sent, values) {
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
    this.since = null;
    if (!json.fields) this.baseline = values;
    if (this.pending()) this.schedule(DELAY);
    else if (!json.fields) this.copy.forget();
    // The server took the request but not all of what was typed: its sentence says what to do.
    if (json.sentence) this.tell("refused", null, json.sentence);
    else if (!this.pending()) this.tell("saved", json.saved_at ? new Date(json.saved_at) : new Date());
  }

  // Leaving for the next page while nothing can be sent would lose the page: send first, then go.
  submitted(event) {
    if (!this.since && navigator.onLine) { this.leaving = true; this.copy.submitted(); return; }
    event.preventDefault();
    this.changes += 1;
    const button = event.submitter;
    this.save().then(() => { if (!this.since && !this.pending()) this.form.requestSubmit(button); });
  }

  lost(why) {
    if (!this.pending()) return;
    this.since ??= new Date();
    this.why = why;
    this.tell(why, this.since);
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
