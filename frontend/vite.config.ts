import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Entry names are fixed: the templates link `editor.js` and `editor.css` without reading a manifest.
export default defineConfig({
  base: "/static/dist/",
  plugins: [react()],
  build: {
    outDir: "../static/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    cssCodeSplit: false,
    // A worker must stay a file of its own: the page's policy allows neither data: nor blob: scripts.
    assetsInlineLimit: 0,
    modulePreload: false,
    rollupOptions: {
      input: { editor: "src/main.tsx" },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: (asset) => (asset.names.some((name) => name.endsWith(".css")) ? "editor.css" : "[name]-[hash][extname]"),
      },
    },
  },
  worker: { format: "es", rollupOptions: { output: { entryFileNames: "[name]-[hash].js" } } },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"], environment: "node" },
});
