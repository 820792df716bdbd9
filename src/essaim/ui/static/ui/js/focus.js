// After a refused form, reading starts at the summary of errors; so it does when htmx brings the form back.
document.querySelector("[data-focus]")?.focus();
document.addEventListener("htmx:afterSwap", (event) => event.detail.target.querySelector("[data-focus]")?.focus());
