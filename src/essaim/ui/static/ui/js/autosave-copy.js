// What an autosaved form has not sent yet, kept in this browser, encrypted with a key only the server gives (to the page of
// who may write it): what is stored tells nothing to anyone else, nor after sign-out. Erased once sent, and after a week.
const PREFIX = "essaim-draft:";
const KEPT = 7 * 24 * 3600 * 1000;
const PAUSE = 400;

export class Copy {
  constructor(form) {
    this.form = form;
    this.name = PREFIX + location.pathname;
    this.key = this.import(form.dataset.autosaveKey);
    this.timer = 0;
    this.turn = 0;
    this.clean();
  }

  async import(text) {
    if (!text || !globalThis.crypto?.subtle) return null;
    try {
      const raw = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      return await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    } catch { return null; }
  }

  // Other pages' copies whose form was sent: this page is the server's answer, they have arrived. Old ones go too.
  clean() {
    try {
      for (const name of Object.keys(localStorage)) {
        if (!name.startsWith(PREFIX)) continue;
        const kept = JSON.parse(localStorage.getItem(name));
        if (Date.now() - kept.at > KEPT || (kept.sent && name !== this.name)) localStorage.removeItem(name);
      }
    } catch { /* no storage, or not ours to read: nothing is kept */ }
  }

  keep(values, baseline) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(values, baseline), PAUSE);
  }

  async write(values, baseline) {
    const key = await this.key;
    if (!key) return;
    const turn = ++this.turn;
    const names = new Set([...values.keys(), ...baseline.keys()]);
    const changed = [...names].filter((name) => !same(values.get(name), baseline.get(name)));
    const text = JSON.stringify({
      values: Object.fromEntries(changed.map((name) => [name, values.get(name) ?? []])),
      seen: this.form.elements.namedItem("seen")?.value ?? "{}",
    });
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(text));
    if (turn !== this.turn) return;
    try {
      localStorage.setItem(this.name, JSON.stringify({ at: Date.now(), iv: pack(iv), text: pack(new Uint8Array(sealed)) }));
    } catch { /* full or refused: the page itself still holds the text */ }
  }

  forget() {
    clearTimeout(this.timer);
    this.turn += 1;
    try { localStorage.removeItem(this.name); } catch { /* nothing was kept */ }
  }

  submitted() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.name));
      if (kept) localStorage.setItem(this.name, JSON.stringify({ ...kept, sent: true }));
    } catch { /* nothing was kept */ }
  }

  // Puts back in the page what had not been sent, with the marks of what its author had seen; gives the names put back.
  async restore(baseline) {
    const kept = await this.read();
    if (!kept) return [];
    const back = Object.entries(kept.values).filter(([name, values]) => !same(values, baseline.get(name)) && this.put(name, values));
    if (!back.length) this.forget();
    this.restoreMarks(kept.seen, back.map(([name]) => name));
    return back.map(([name]) => name);
  }

  async read() {
    const key = await this.key;
    if (!key) return null;
    try {
      const kept = JSON.parse(localStorage.getItem(this.name));
      if (!kept) return null;
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: unpack(kept.iv) }, key, unpack(kept.text));
      return JSON.parse(new TextDecoder().decode(plain));
    } catch { this.forget(); return null; } // another person's, or another key's
  }

  put(name, values) {
    const fields = [...this.form.elements].filter((field) => field.name === name);
    let put = false;
    for (const field of fields) {
      if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
      else if (field.type !== "hidden") field.value = values[0] ?? "";
      else continue;
      put = true;
    }
    return put;
  }

  restoreMarks(seen, names) {
    const field = this.form.elements.namedItem("seen");
    if (!field || !names.length) return;
    try {
      const now = JSON.parse(field.value);
      const before = JSON.parse(seen);
      for (const name of names) {
        const code = this.form.elements.namedItem(name)?.closest?.("[data-question]")?.dataset.question ?? name;
        if (code in before) now[code] = before[code];
      }
      field.value = JSON.stringify(now);
    } catch { /* the server will show a conflict rather than overwrite */ }
  }
}

function same(one = [], other = []) {
  return one.length === other.length && one.every((value, rank) => value.replaceAll("\r\n", "\n") === other[rank].replaceAll("\r\n", "\n"));
}

function pack(bytes) { return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")); }
function unpack(text) { return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)); }
