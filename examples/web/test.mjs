// npm test: the same file in Node, in headless Chromium, and refused when it is wrong. IRKIT_PYTHON is a Python that
// has irkit (python3 when unset), CHROMIUM the browser (chromium).
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as ort from "onnxruntime-web";
import puppeteer from "puppeteer-core";
import { onnxOf, sectionsOf, selfTest, vectorsOf } from "./irk.mjs";
import { serve } from "./serve.mjs";

const folder = mkdtempSync(join(tmpdir(), "irkit-web-"));
const right = join(folder, "right.irk");

before(() => {
  const script = fileURLToPath(new URL("make_model.py", import.meta.url));
  execFileSync(process.env.IRKIT_PYTHON ?? "python3", [script, right]);
});
after(() => rmSync(folder, { recursive: true }));

/** The file with one expected output changed. */
function wrongFile() {
  const bytes = Uint8Array.from(readFileSync(right));
  const vectors = sectionsOf(bytes).get(3);
  const view = new DataView(vectors.buffer, vectors.byteOffset, vectors.byteLength);
  const last = vectors.byteLength - 4;
  view.setFloat32(last, view.getFloat32(last, true) + 1, true);
  return bytes;
}

test("Node runs the file's samples", async () => {
  const { samples, largest } = await selfTest(ort, readFileSync(right));
  assert.equal(samples, vectorsOf(sectionsOf(readFileSync(right))).samples.length);
  assert.ok(samples > 0 && largest <= 1);
});

test("a wrong output is noticed", async () => {
  await assert.rejects(selfTest(ort, wrongFile()), /element \d+: expected/);
});

test("what is no model file is refused with its reason", () => {
  const bytes = readFileSync(right);
  assert.throws(() => sectionsOf(new Uint8Array(100)), /not an irkit model file/);
  assert.throws(() => sectionsOf(bytes.subarray(0, bytes.length - 1)), /cut/);
  assert.throws(() => onnxOf(new Map()), /onnx=True/);
});

test("a browser runs the file's samples", async () => {
  const server = await serve(0, { "/model.irk": right });
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: process.getuid() === 0 ? ["--no-sandbox"] : [], // Chromium's sandbox refuses to run as root
  });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    const result = await page.waitForSelector("#result[data-state]", { timeout: 60000 });
    const text = await result.evaluate((element) => element.textContent);
    assert.equal(await result.evaluate((element) => element.dataset.state), "passed", text);
    assert.match(text, /^[1-9]\d* samples passed/);
  } finally {
    await browser.close();
    server.close();
  }
});
