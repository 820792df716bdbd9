// Questions that depend on others, and tables of rows. The server alone decides which questions are asked: the answers on
// the page are sent to it, nothing is saved, and it says which ones to show. Without this script, "Enregistrer" does the same.
for (const form of document.querySelectorAll("form[data-conditions]")) {
  let running;
  form.addEventListener("change", async (event) => {
    if (!event.target.closest("[data-asks]")) return;
    running?.abort();
    running = new AbortController();
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    try {
      const answer = await fetch(form.action, {
        method: "POST", body, signal: running.signal, redirect: "manual", credentials: "same-origin",
        headers: { Accept: "application/json", "X-Requested-With": "conditions" },
      });
      if (answer.ok) show(form, new Set((await answer.json()).asked));
    } catch { /* no network: the questions stay as they are, the next save shows them */ }
  });
}

function show(form, asked) {
  for (const question of form.querySelectorAll("[data-question]")) question.hidden = !asked.has(question.dataset.question);
  for (const section of form.querySelectorAll("[data-section]")) {
    section.hidden = !section.querySelector("[data-question]:not([hidden])");
  }
}

// A table: rows are added and taken away here, and numbered by the names of their fields.
for (const table of document.querySelectorAll("[data-rows]")) {
  const body = table.querySelector("tbody");
  const add = table.querySelector("[data-add-row]");
  const told = () => table.dispatchEvent(new Event("input", { bubbles: true }));
  const full = () => { add.hidden = body.rows.length >= Number(table.dataset.most); };
  full();
  add.addEventListener("click", (event) => {
    event.preventDefault();
    const row = body.rows[body.rows.length - 1].cloneNode(true);
    empty(row);
    renumber(row, table.dataset.rows, nextNumber(body, table.dataset.rows));
    body.append(row);
    row.querySelector("input, select, textarea")?.focus();
    full();
  });
  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove-row]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("tr");
    const near = row.nextElementSibling ?? row.previousElementSibling;
    if (near) row.remove(); else empty(row);
    (near ?? row).querySelector("input, select, textarea")?.focus();
    full();
    told();
  });
}

function empty(row) {
  for (const field of row.querySelectorAll("input, select, textarea")) field.value = "";
  for (const error of row.querySelectorAll(".es-error")) error.remove();
  for (const field of row.querySelectorAll("[aria-describedby]")) field.removeAttribute("aria-describedby");
  for (const part of row.querySelectorAll(".es-field--error")) part.classList.remove("es-field--error");
}

function nextNumber(body, code) {
  const numbers = [...body.querySelectorAll("[name]")].map((field) => Number(field.name.slice(code.length + 1).split("-")[0]));
  return Math.max(-1, ...numbers.filter(Number.isInteger)) + 1;
}

function renumber(row, code, number) {
  const pattern = new RegExp(`${code}-\\d+-`);
  for (const element of row.querySelectorAll("[name], [id], [for]")) {
    for (const name of ["name", "id", "for"]) {
      if (element.hasAttribute(name)) element.setAttribute(name, element.getAttribute(name).replace(pattern, `${code}-${number}-`));
    }
  }
  for (const button of row.querySelectorAll("[data-remove-row]")) button.value = `${code}:${number}`;
}
