/* Bundles the pages' styles and behaviours into static/build/; `--watch` keeps doing it. */
import { build, context } from "esbuild";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const watch = process.argv.includes("--watch");
const options = {
  entryPoints: [here("js/app.js"), here("js/charts.js")],
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
