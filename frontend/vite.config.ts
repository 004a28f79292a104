import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Names carry a hash, so that browsers may keep the files for ever; the editor's page reads the names in the manifest.
export default defineConfig({
  // Files find each other by where they are: the service may lie below any path.
  base: "./",
  plugins: [react()],
  build: {
    outDir: "../static/dist",
    emptyOutDir: true,
    manifest: true,
    // A worker must stay a file of its own: the page's policy allows no data: scripts.
    assetsInlineLimit: 0,
    modulePreload: false,
    rollupOptions: {
      input: { editor: "src/main.tsx" },
      output: { entryFileNames: "[name]-[hash].js", chunkFileNames: "[name]-[hash].js", assetFileNames: "[name]-[hash][extname]" },
    },
  },
  worker: { format: "es", rollupOptions: { output: { entryFileNames: "[name]-[hash].js" } } },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"], environment: "node", testTimeout: 600_000, setupFiles: ["examples.setup.ts"] },
});
