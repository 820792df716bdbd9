// Files sent in pieces of at most 1 MiB (tus 1.0), one after the other: progress, pause, new attempts when the network
// is cut, and the same file goes on where it stopped, after a reload too: the server knows it by its SHA-256. Without
// this script the form sends its file as forms do. Nothing is kept in the browser.
const MOST = 2 ** 20;
const LEAST = 2 ** 16;
const HASHED = 2 ** 28;
const SLOWEST = 30000;
const VERSION = { "Tus-Resumable": "1.0.0" };

const words = document.querySelector("[data-upload-words]")?.dataset;
const language = document.documentElement.lang;
const queue = [];
let active = null;

const say = (text, values = {}) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const inBase64 = (text) => base64(new TextEncoder().encode(text));
const inHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const percent = (share) => new Intl.NumberFormat(language, { style: "percent" }).format(share);
const rest = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

function amount(octets) {
  const mega = octets >= 1e6;
  const number = mega ? Math.ceil(octets / 1e5) / 10 : Math.max(1, Math.ceil(octets / 1000));
  const unit = language.startsWith("fr") ? (mega ? "Mo" : "Ko") : (mega ? "MB" : "KB");
  return `${new Intl.NumberFormat(language).format(number)}\u00a0${unit}`;
}

async function digest(buffer) {
  return globalThis.crypto?.subtle ? new Uint8Array(await crypto.subtle.digest("SHA-256", buffer)) : null;
}

class Refused extends Error {} // what no new attempt can cure: the sentence is shown
class Cut extends Error {} // the network, or the server for a moment

class Sending {
  constructor(form, file) {
    Object.assign(this, { form, file, url: "", offset: 0, size: LEAST * 4, state: "waiting", tries: 0 });
    this.token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    this.row = document.createElement("li");
    this.name = document.createElement("strong");
    this.name.textContent = file.name;
    this.buttons = document.createElement("div");
    this.bar = document.createElement("progress");
    this.bar.max = file.size || 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", say(words.progress, { name: file.name }));
    this.told = document.createElement("span");
    this.told.className = "es-upload__say";
    this.told.setAttribute("role", "status");
    this.toggle = this.button(words.pause, () => (this.state === "sending" ? this.pause() : this.resume()));
    this.stop = this.button(words.abandon, () => this.abandon());
    this.row.append(this.name, this.buttons, this.bar, this.told);
    form.querySelector("[data-upload-list]").append(this.row);
    this.show("waiting", words.waiting);
  }

  button(text, action) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "fr-btn fr-btn--tertiary";
    button.textContent = text;
    button.setAttribute("aria-label", `${text} ${this.file.name}`);
    button.addEventListener("click", action);
    this.buttons.append(button);
    return button;
  }

  show(state, sentence) {
    this.state = this.row.dataset.state = state;
    if (this.told.textContent !== sentence) this.told.textContent = sentence;
    const ended = state === "taken" || state === "refused";
    this.toggle.hidden = ended || state === "waiting";
    const label = state === "sending" ? words.pause : words.resume;
    this.toggle.textContent = label;
    this.toggle.setAttribute("aria-label", `${label} ${this.file.name}`);
    if (ended) {
      this.stop.textContent = words.close;
      this.stop.setAttribute("aria-label", `${words.close} ${this.file.name}`);
      this.bar.hidden = true;
    }
  }

  progress(sent) {
    const done = Math.min(this.offset + sent, this.file.size);
    this.bar.value = done;
    const text = say(words.sending, { percent: percent(done / this.file.size), all: amount(this.file.size) });
    if (this.state === "sending") this.show("sending", text);
  }

  headers(more = {}) {
    return { ...VERSION, "X-CSRFToken": this.token, "X-Requested-With": "upload", ...more };
  }

  async ask(method, url, headers = {}) {
    let answer;
    try {
      answer = await fetch(url, { method, headers: this.headers(headers), redirect: "manual" });
    } catch {
      throw new Cut();
    }
    return this.judge(answer.type === "opaqueredirect" ? 401 : answer.status, () => answer.json(), answer);
  }

  async judge(status, body, answer) {
    if (status === 401 || status === 403) throw new Refused(words.session);
    if (status >= 500 || status === 429 || status === 408 || status === 0) throw new Cut();
    if ([400, 413, 415, 422].includes(status)) {
      let sentence = words.failed;
      try { sentence = (await body()).sentence || sentence; } catch { /* a proxy's own page */ }
      throw new Refused(sentence);
    }
    return answer;
  }

  async begin() {
    const told = {
      filename: this.file.name,
      door: this.form.dataset.uploadDoor,
      target: this.form.dataset.uploadTarget,
    };
    if (!this.known && this.file.size <= HASHED) {
      this.show("sending", words.reading);
      const whole = await digest(await this.file.arrayBuffer().catch(() => { throw new Refused(words.failed); }));
      this.known = whole ? inHex(whole) : "";
    }
    if (this.known) told.sha256 = this.known;
    const metadata = Object.entries(told).map(([name, value]) => `${name} ${inBase64(value)}`).join(",");
    const answer = await this.ask("POST", this.form.dataset.upload, {
      "Upload-Length": String(this.file.size),
      "Upload-Metadata": metadata,
    });
    this.url = answer.headers.get("Location");
    this.offset = Number(answer.headers.get("Upload-Offset"));
  }

  async where() {
    const answer = await this.ask("HEAD", this.url);
    if (answer.status === 404 || answer.status === 410) return this.begin();
    this.offset = Number(answer.headers.get("Upload-Offset"));
  }

  async piece() {
    const bytes = await this.file.slice(this.offset, this.offset + this.size).arrayBuffer();
    const sum = await digest(bytes);
    const began = performance.now();
    const answer = await this.patch(bytes, sum ? { "Upload-Checksum": `sha256 ${base64(sum)}` } : {});
    if (answer.status === 204) this.offset = Number(answer.headers.get("Upload-Offset"));
    else await this.where(); // the piece was there already, or arrived damaged
    const seconds = (performance.now() - began) / 1000;
    if (seconds < 2) this.size = Math.min(this.size * 2, MOST);
    if (seconds > 8) this.size = Math.max(this.size / 2, LEAST);
    this.tries = 0;
  }

  patch(bytes, more) {
    // Not fetch: only this tells how much of a piece has left.
    return new Promise((resolve, reject) => {
      const request = (this.request = new XMLHttpRequest());
      request.open("PATCH", this.url);
      const sent = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(this.offset), ...more };
      for (const [name, value] of Object.entries(this.headers(sent))) request.setRequestHeader(name, value);
      request.upload.addEventListener("progress", (event) => this.progress(event.loaded));
      request.addEventListener("error", () => reject(new Cut()));
      request.addEventListener("abort", () => reject(new Cut()));
      request.addEventListener("load", () => {
        const elsewhere = new URL(request.responseURL).pathname !== new URL(this.url, location.href).pathname;
        const answer = { status: request.status, headers: { get: (name) => request.getResponseHeader(name) } };
        this.judge(elsewhere ? 401 : request.status, async () => JSON.parse(request.responseText), answer)
          .then(resolve, reject);
      });
      request.send(bytes);
    });
  }

  async send() {
    active = this;
    this.show("sending", words.reading);
    while (this.state === "sending") {
      try {
        if (this.url) await this.where();
        else await this.begin();
        while (this.state === "sending" && this.offset < this.file.size) {
          await this.piece();
          this.progress(0);
        }
        if (this.state === "sending") await this.finish();
      } catch (error) {
        if (error instanceof Refused) {
          // A session that ended is no refusal of the file: it can go on once another is open.
          if (error.message === words.session) this.show("paused", error.message);
          else this.end("refused", error.message);
        } else if (this.state === "sending") await this.wait();
      }
    }
    if (this.forgotten) this.forget();
    if (active === this) active = null;
    next();
  }

  forget() {
    if (this.url) this.ask("DELETE", this.url).catch(() => {});
  }

  async finish() {
    this.show("sending", words.checking);
    let told = await (await this.ask("GET", this.url)).json();
    if (told.outcome === "receiving") {
      await this.patch(new ArrayBuffer(0), {});
      told = await (await this.ask("GET", this.url)).json();
    }
    const same = !this.known || !told.sha256 || told.sha256 === this.known;
    if (told.outcome === "taken" && same) this.end("taken", words.taken);
    else this.end("refused", told.sentence || words.failed);
    if (told.outcome === "taken") await refresh();
  }

  async wait() {
    // Two seconds, then four... half a minute at most; at once when the network is back or someone asks.
    const seconds = Math.min(2 ** ++this.tries, SLOWEST / 1000);
    const share = percent(this.offset / this.file.size);
    this.show("offline", say(words.offline, { percent: share, seconds }));
    await Promise.race([rest(seconds), new Promise((resolve) => { this.wake = resolve; })]);
    if (this.state === "offline") this.show("sending", words.reading);
  }

  pause() {
    this.show("paused", say(words.paused, { percent: percent(this.offset / this.file.size) }));
    this.request?.abort();
  }

  resume() {
    if (this.state === "offline") return this.wake?.();
    if (active) {
      queue.unshift(this);
      return this.show("waiting", words.waiting);
    }
    return this.send();
  }

  end(state, sentence) {
    this.show(state, state === "refused" ? `${words.refused} ${sentence}` : sentence);
    const waiting = this.form.querySelector(`[data-upload-waiting="${this.url}"]`);
    if (waiting) waiting.remove();
  }

  abandon() {
    const ended = this.state === "taken" || this.state === "refused";
    this.show("refused", "");
    this.forgotten = !ended;
    this.request?.abort();
    this.wake?.();
    if (this.forgotten && active !== this) this.forget();
    const place = queue.indexOf(this);
    if (place >= 0) queue.splice(place, 1);
    const input = this.form.querySelector("input[type=file]");
    this.row.remove();
    input.focus();
  }
}

function next() {
  if (!active && queue.length) queue.shift().send();
}

async function refresh() {
  // What the page says of the files already given, as the server now writes it.
  const answer = await fetch(location.href, { headers: { "X-Requested-With": "upload" } }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-upload-fresh]")) {
    const fresh = page.getElementById(part.id);
    if (fresh) part.replaceChildren(...fresh.childNodes);
  }
}

function take(form, files) {
  const input = form.querySelector("input[type=file]");
  const wanted = input.multiple ? Array.from(files) : Array.from(files).slice(0, 1);
  queue.push(...wanted.map((file) => new Sending(form, file)));
  input.value = "";
  next();
}

function ready(form) {
  const input = form.querySelector("input[type=file]");
  form.querySelector("[data-upload-plain]").hidden = true;
  for (const part of form.querySelectorAll("[data-upload-drop], [data-upload-waiting]")) part.hidden = false;
  input.addEventListener("change", () => take(form, input.files));
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("es-upload--drop");
    });
  }
  form.addEventListener("dragleave", (event) => {
    if (!form.contains(event.relatedTarget)) form.classList.remove("es-upload--drop");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("es-upload--drop");
    if (event.dataTransfer.files.length) take(form, event.dataTransfer.files);
  });
}

if (words) {
  document.querySelectorAll("form[data-upload]").forEach(ready);
  window.addEventListener("online", () => active?.wake?.());
  window.addEventListener("beforeunload", (event) => { if (active) event.preventDefault(); });
}
