// Writes src/styles/ansi.css: the 256 colours of a terminal, each moved just far enough from the background to be legible (WCAG AA, 4.5:1)
// in both themes. Run `npm run palette` after changing a background here or in tokens.css.
import { writeFileSync } from "node:fs";

const grounds = { light: [0xf7, 0xf8, 0xfa], dark: [0x12, 0x15, 0x1b] };
const named = [
  "1f2328", "cf222e", "1a7f37", "9a6700", "0969da", "8250df", "1b7c83", "6e7781",
  "57606a", "e5484d", "2da44e", "bf8700", "3b82f6", "a475f9", "3192aa", "c9d1d9",
].map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));

const cube = (n) => (n === 0 ? 0 : 55 + 40 * n);
const colour = (n) => {
  if (n < 16) return named[n];
  if (n >= 232) return Array(3).fill(8 + 10 * (n - 232));
  const i = n - 16;
  return [cube(Math.floor(i / 36)), cube(Math.floor(i / 6) % 6), cube(i % 6)];
};

const luminance = (rgb) => {
  const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (hi + 0.05) / (lo + 0.05);
};
const hex = (rgb) => "#" + rgb.map((c) => Math.round(c).toString(16).padStart(2, "0")).join("");

/** The colour, mixed with black or white until it can be read on the ground. */
const legible = (rgb, ground, towards) => {
  let mixed = rgb;
  for (let part = 0; part <= 1 && contrast(mixed, ground) < 4.6; part += 0.02) mixed = rgb.map((c) => c * (1 - part) + towards * part);
  return hex(mixed);
};

const front = (n) => `.f${n}{color:light-dark(${legible(colour(n), grounds.light, 0)},${legible(colour(n), grounds.dark, 255)})}`;
// A background brings its own text colour, black or white, whatever was asked for in front: it has to be read.
const back = (n) => `.b${n}{background:${hex(colour(n))};color:${contrast(colour(n), [0, 0, 0]) > contrast(colour(n), [255, 255, 255]) ? "#000" : "#fff"}}`;

const all = [...Array(256).keys()];
writeFileSync(
  new URL("../src/styles/ansi.css", import.meta.url),
  `/* Written by scripts/ansi-palette.mjs: the 256 terminal colours, legible in both themes. */\n${all.map(front).join("\n")}\n${all.map(back).join("\n")}\n`,
);
