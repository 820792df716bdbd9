// After a refused form, reading starts at the summary of errors.
document.querySelector("[data-focus]")?.focus();
