// The financing plan while one types: sums in the page at once (the server's replace them at each save), lines added,
// moved and taken away without leaving the page. Without this script the same buttons save and come back.
import { figures, formatEur, formatRate, parseCents, parseDecimal, product } from "./plan.js";

const LANG = document.documentElement.lang.startsWith("en") ? "en" : "fr";
const WHOLE = 10000n;

class PlanForm {
  constructor(form) {
    this.form = form;
    this.sums = document.getElementById("solde");
    form.addEventListener("input", (event) => this.typed(event));
    form.addEventListener("change", () => this.show());
    form.addEventListener("click", (event) => this.pressed(event));
    document.addEventListener("autosave:answer", () => queueMicrotask(() => this.show()));
    for (const body of form.querySelectorAll("[data-lines]")) {
      // The page comes with several empty lines for whoever has no script: here one is enough, more come by themselves.
      while (body.children.length > 1 && !this.written(body.lastElementChild) && !this.written(body.children[body.children.length - 2])) body.lastElementChild.remove();
      this.grow(body);
    }
  }

  rows(side) { return [...this.form.querySelectorAll(`[data-lines="${side}"] > tr:not([hidden])`)]; }

  cell(row, name) { return row.querySelector(`[name$="-${name}"]`); }

  /** Quantity times unit price fills an amount nobody wrote, or one it filled itself. */
  typed(event) {
    const row = event.target.closest("[data-line]");
    if (row && /-(quantity|unit_price)$/.test(event.target.name)) {
      const [quantity, price] = [parseDecimal(this.cell(row, "quantity").value, 3), parseCents(this.cell(row, "unit_price").value, LANG)];
      const amount = this.cell(row, "amount_cents");
      if (quantity && price && (!amount.value.trim() || amount.dataset.filled === amount.value)) {
        amount.value = formatEur(product(quantity, price), LANG).replace("€", "").trim();
        amount.dataset.filled = amount.value;
      }
    }
    const body = event.target.closest("[data-lines]");
    if (body) this.grow(body);
    this.show();
  }

  /** One empty line at the end, always. */
  grow(body) {
    const side = body.dataset.lines;
    const last = this.rows(side).at(-1);
    if (!last || this.written(last)) this.add(body);
  }

  written(row) {
    return [...row.querySelectorAll('input[type="text"]')].some((input) => input.value.trim() && !/-eligible$/.test(input.name));
  }

  /** A copy of the first line, emptied, under the next number. */
  add(body) {
    const side = body.dataset.lines;
    const taken = [...body.children].map((row) => Number(row.id.split("-")[1]));
    const prefix = `${side}-${Math.max(-1, ...taken) + 1}-`;
    const row = body.firstElementChild.cloneNode(true);
    for (const wrong of row.querySelectorAll(".es-error, [name$='-ORDER']")) wrong.remove();
    for (const element of [row, ...row.querySelectorAll("*")]) {
      for (const name of ["id", "name", "for", "value"]) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace(new RegExp(`^${side}-[0-9]+-`), prefix));
      }
      element.removeAttribute("aria-invalid");
      element.removeAttribute("aria-describedby");
      if (element.matches("input")) element.value = element.name.endsWith("-eligible") ? "100" : "";
      if (element.matches("select")) element.selectedIndex = 0;
      if (element.matches("details")) element.open = false;
      if (element.matches("[data-gist]")) element.textContent = "";
    }
    row.hidden = false;
    body.append(row);
    return row;
  }

  pressed(event) {
    const button = event.target.closest('button[name="do"]');
    const row = button?.closest("[data-line]");
    if (!row) return;
    event.preventDefault();
    const [act, body] = [button.value.split("-").at(-1), row.parentElement];
    const beside = act === "up" ? row.previousElementSibling : row.nextElementSibling;
    if (act === "remove") this.remove(row);
    else if (beside) {
      if (act === "up") beside.before(row); else beside.after(row);
      button.focus();
    }
    this.number(body);
    this.form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  remove(row) {
    const body = row.parentElement;
    const next = row.nextElementSibling ?? row.previousElementSibling;
    if (!next) this.add(body);
    row.remove();
    this.grow(body);
    (next ?? body.lastElementChild)?.querySelector("input")?.focus();
  }

  /** The order on screen is the order sent. */
  number(body) {
    [...body.children].forEach((row, place) => {
      const name = `${row.id.replace(/-line$/, "")}-ORDER`;
      let order = row.querySelector(`[name="${name}"]`);
      if (!order) {
        order = Object.assign(document.createElement("input"), { type: "hidden", name });
        row.firstElementChild.append(order);
      }
      order.value = String(place);
    });
  }

  costs() {
    return this.rows("costs").map((row) => {
      const category = this.cell(row, "category").selectedOptions[0];
      const [quantity, price] = [parseDecimal(this.cell(row, "quantity").value, 3), parseCents(this.cell(row, "unit_price").value, LANG)];
      const typed = parseCents(this.cell(row, "amount_cents").value, LANG);
      const filled = quantity != null && price != null ? product(quantity, price) : 0n;
      return {
        cents: typed === null ? filled : typed ?? 0n,
        points: parseDecimal(this.cell(row, "eligible").value, 2) ?? WHOLE,
        account: this.cell(row, "account").value.trim() || (category?.dataset.account ?? ""),
        base: category?.dataset.base ?? "",
      };
    });
  }

  fundings() {
    return this.rows("fundings").map((row) => ({
      cents: parseCents(this.cell(row, "amount_cents").value, LANG) ?? 0n,
      kind: this.cell(row, "kind").value,
      status: this.cell(row, "status").value,
    }));
  }

  show() {
    const found = figures(this.costs(), this.fundings());
    const told = {
      cost: formatEur(found.cost, LANG),
      resource: formatEur(found.resource, LANG),
      requested: formatEur(found.requested, LANG),
      public: formatEur(found.publicAid, LANG),
      base: formatEur(found.eligible, LANG),
      rate: bracket(formatRate(found.requested, found.eligible, LANG)),
      "public-rate": bracket(formatRate(found.publicAid, found.eligible, LANG)),
      balance: this.balance(found),
    };
    for (const [name, text] of Object.entries(told)) {
      const place = this.sums?.querySelector(`[data-sum="${name}"]`);
      if (place && place.textContent.trim() !== text) place.textContent = text;
    }
  }

  balance(found) {
    const words = this.sums?.querySelector("[data-sums]")?.dataset ?? {};
    const gap = found.balance < 0n ? -found.balance : found.balance;
    const sentence = found.balance === 0n ? words.even : found.balance < 0n ? words.missing : words.over;
    return (sentence ?? "").replace("{gap}", formatEur(gap, LANG));
  }
}

const bracket = (text) => (text ? `(${text})` : "");

for (const form of document.querySelectorAll("form[data-plan]")) new PlanForm(form);
