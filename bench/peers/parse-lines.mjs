// Node's own way to read a transcript: JSON.parse for each line, without readline's overhead. Usage: node parse-lines.mjs FILE
import { createReadStream } from 'node:fs';

let lines = 0;
let rest = Buffer.alloc(0);
for await (const chunk of createReadStream(process.argv[2], { highWaterMark: 1 << 20 })) {
  const data = rest.length ? Buffer.concat([rest, chunk]) : chunk;
  let start = 0;
  for (let end; (end = data.indexOf(10, start)) >= 0; start = end + 1, lines++) JSON.parse(data.toString('utf8', start, end));
  rest = data.subarray(start);
}
console.log(lines);
