// A web server for this folder: npm start, then open the address that it prints.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const TYPES = { ".html": "text/html", ".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm" };
const folder = fileURLToPath(new URL(".", import.meta.url));

/** Starts the server, for this machine only; `replaced` maps paths to other files. Resolves to the server. */
export function serve(port, replaced = {}) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    try {
      const file = replaced[path] ?? join(folder, path === "/" ? "index.html" : path);
      const data = await readFile(file);
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(data);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = await serve(8000);
  console.log(`http://127.0.0.1:${server.address().port}/`);
}
