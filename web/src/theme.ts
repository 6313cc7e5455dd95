// Sets the chosen theme before anything is painted: the page loads this file first and waits for it.
try {
  const theme = localStorage.getItem("parley-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset["theme"] = theme;
} catch {
  // Storage can be forbidden; the system's theme it is.
}
document.documentElement.classList.add("js");
