// Mermaid as GitHub has it, without a browser: does a chart parse, and of what kind is it?
import { JSDOM } from "jsdom";

// Mermaid cleans titles with DOMPurify, which looks for a browser when it is imported.
export const window = new JSDOM("").window;
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");
mermaid.initialize({ securityLevel: "strict" });

const MOST = 50_000; // characters; `parse` does not hold charts to it, drawing does

export async function parse(text) {
  if (text.length > MOST) {
    throw new Error(`The chart has ${text.length} characters; more than ${MOST} are not drawn.`);
  }
  return (await mermaid.parse(text)).diagramType;
}
