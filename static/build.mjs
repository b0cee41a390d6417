/* Bundles the pages' styles and behaviours into static/build/; `--watch` keeps doing it. */
import { build, context } from "esbuild";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const watch = process.argv.includes("--watch");
const options = {
  // Charts and maps are large: pages fetch them only when they draw (charts_loader.js, map_loader.js).
  entryPoints: [
    { in: here("js/app.js"), out: "app" },
    { in: here("js/charts.js"), out: "charts" },
    { in: here("js/map.js"), out: "map" },
  ],
  loader: { ".png": "dataurl" },
  outdir: here("build"),
  bundle: true,
  minify: !watch,
  format: "iife",
  // The oldest browsers of the offices: Chrome 109, and 87 on phones.
  target: ["chrome87", "firefox91"],
  logLevel: "warning",
};

if (watch) await (await context(options)).watch();
else await build(options);
