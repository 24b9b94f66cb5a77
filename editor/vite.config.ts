import react from "@vitejs/plugin-react";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` finds the API: a running `mcs run`, or the fixture server in dev/. */
const api = process.env["MCS_API"] ?? "http://127.0.0.1:8080";

/** Lays FILE.br and FILE.gz beside each text of the build: the server sends them as they are. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    writeBundle({ dir = "dist" }) {
      for (const file of readdirSync(join(dir, "assets"))) {
        if (!/\.(js|css|svg)$/.test(file)) continue;
        const text = readFileSync(join(dir, "assets", file));
        writeFileSync(join(dir, "assets", `${file}.gz`), gzipSync(text, { level: 9 }));
        writeFileSync(join(dir, "assets", `${file}.br`), brotliCompressSync(text));
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
    rolldownOptions: {
      output: {
        // Without these a page asks for two dozen crumbs that pages share. The wall loads `base` only: the words of the other pages stand apart.
        codeSplitting: {
          groups: [
            { name: "base", test: /node_modules\/(react|react-dom|scheduler|i18next|react-i18next|html-parse-stringify|void-elements|zustand|use-sync-external-store)\/|src\/platform\/(api|events|i18n|router|session)\/|src\/platform\/kit\/(?!allIcons|icons\.ts|Confirm|Dialog|Field|FileButton|Finder|finder|followPointer|[Mm]arkdown|Menu|pinyin|useRequired|Table|Tabs|ValueTree|values?[.-]|virtual)|src\/app\/(shell\/(?!ChangePassword|Navigation|SignIn|sign-in)|words\/(?!all))|src\/(admin\/licence|site\/(chart|live|wall))\/words\.ts$|src\/style\// },
            { name: "pages", test: /src\/platform\/kit\/(Confirm|Dialog|Field|followPointer|[Mm]arkdown|Menu|useRequired|Table|Tabs|virtual|icons\.ts)|src\/app\/shell\/(ChangePassword|Navigation|SignIn|sign-in)/ },
            { name: "words", test: /words\.ts$|src\/app\/words\/all/ },
            { name: "flow-editor", test: /src\/model\/|src\/platform\/(live|secrets)\/|src\/platform\/kit\/(Finder|finder|pinyin|ValueTree|value)|src\/flow-editor\/(canvas|commands|deploy|editing|flow-page|palette|properties|search)\/|src\/flow-editor\/inspector\/(?!.*Expression)|src\/flow-editor\/(debug\/Trac|testing\/(draftCase|TestBench))|src\/flow-editor\/problems\/(severity|.*css)|node_modules\/(@xyflow\/|d3-|classcat)/ },
          ],
        },
      },
    },
  },
  worker: { format: "es" },
  server: { proxy: { "/api": { target: api, ws: true } } },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node" },
});
