// A form is sent once: a second click or Enter while the first is on its way does nothing. Listening on the document
// covers forms that arrive later, and leaves alone those a script has already taken care of (htmx).
const RELEASE = 8000; // an answer that is a download leaves the page where it is: the form works again

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !(form.method === "post" || "once" in form.dataset)) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  // Not `disabled`: the button's own name and value must travel with the form.
  for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-disabled", "true");
  setTimeout(() => release(form), RELEASE);
});

// Coming back with the browser's arrow shows the page as it was left: make its forms usable again.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
