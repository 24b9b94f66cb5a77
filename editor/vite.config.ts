import react from "@vitejs/plugin-react";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds the API: a running `mcs run`, or the fixture server in dev/. */
const api = process.env["MCS_API"] ?? "http://127.0.0.1:8080";

/** Lays FILE.gz beside each text of the build: the server sends it as it is. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    writeBundle({ dir = "dist" }) {
      for (const file of readdirSync(join(dir, "assets"))) {
        if (/\.(js|css|svg)$/.test(file)) writeFileSync(join(dir, "assets", `${file}.gz`), gzipSync(readFileSync(join(dir, "assets", file)), { level: 9 }));
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), compressed()],
  build: {
    target: "es2023",
    chunkSizeWarningLimit: 900,
    // Which chunk imports which, for the test of what the wall loads.
    manifest: true,
    // The policy of the page allows no inline content, so small pictures stay files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: "es" },
  server: { proxy: { "/api": { target: api, ws: true } } },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" },
});
