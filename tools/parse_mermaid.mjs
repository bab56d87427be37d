// Parses every Mermaid block of a Markdown file with the real package; exits 1 at the first error.
import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

// Mermaid cleans titles with DOMPurify, which looks for a browser when it is imported.
globalThis.window = new JSDOM("").window;
globalThis.document = globalThis.window.document;
const { default: mermaid } = await import("mermaid");

const text = readFileSync(process.argv[2], "utf8");
const blocks = [...text.matchAll(/```mermaid\n([\s\S]*?)```/g)].map((match) => match[1]);
for (const [number, block] of blocks.entries()) {
  try {
    const { diagramType } = await mermaid.parse(block);
    console.log(`block ${number + 1}: ${diagramType}`);
  } catch (error) {
    console.error(`block ${number + 1}: ${error.message}`);
    process.exit(1);
  }
}
process.exit(blocks.length ? 0 : 1);
