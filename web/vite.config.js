import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";

const outDir = new URL("../src/Parley.Server/wwwroot/assets", import.meta.url).pathname;

/** Writes a .br and a .gz beside every text asset, so that the server never compresses one. */
const precompress = () => ({
  name: "precompress",
  closeBundle() {
    for (const name of readdirSync(outDir)) {
      const file = join(outDir, name);
      if (!/\.(js|css|svg)$/.test(name) || statSync(file).size < 512) continue;
      const bytes = readFileSync(file);
      writeFileSync(file + ".br", brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
      writeFileSync(file + ".gz", gzipSync(bytes, { level: 9 }));
    }
  },
});

export default defineConfig({
  // Relative addresses work behind any path prefix.
  base: "./",
  // Vite minifies the CSS itself; a second optimizer would only warn of what it does not know.
  plugins: [tailwindcss({ optimize: false }), precompress()],
  build: {
    outDir,
    emptyOutDir: true,
    assetsDir: "",
    assetsInlineLimit: 0,
    target: "es2023",
    // light-dark() stays as it is: lowering it would double every colour.
    cssTarget: ["chrome123", "firefox128", "safari17.5"],
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
    rollupOptions: { input: ["src/theme.ts", "src/main.ts", "src/styles/main.css", "src/favicon.svg"] },
  },
});
