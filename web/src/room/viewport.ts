/**
 * Keeps the field in which one writes above a phone's keyboard where that covers the page instead of making it smaller: the style sheet lifts it by
 * `--covered`, and nothing else moves.
 */
export function followKeyboard(): void {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const measure = () => {
    const covered = viewport.scale > 1.05 ? 0 : Math.max(0, innerHeight - viewport.height - viewport.offsetTop);
    document.documentElement.style.setProperty("--covered", `${Math.round(covered)}px`);
  };
  viewport.addEventListener("resize", measure);
  viewport.addEventListener("scroll", measure);
}
