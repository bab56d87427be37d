// Parses every Mermaid block of a Markdown file with the real package; exits 1 at the first error.
import { readFileSync } from "node:fs";
import { parse } from "./charts.mjs";

const text = readFileSync(process.argv[2], "utf8");
const blocks = [...text.matchAll(/```mermaid\n([\s\S]*?)```/g)].map((match) => match[1]);
for (const [number, block] of blocks.entries()) {
  try {
    console.log(`block ${number + 1}: ${await parse(block)}`);
  } catch (error) {
    console.error(`block ${number + 1}: ${error.message}`);
    process.exit(1);
  }
}
process.exit(blocks.length ? 0 : 1);
