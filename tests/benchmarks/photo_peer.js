// One worker of sharp, a pipeline for each rendition: node photo_peer.js OUT; lines as photo_peer.py reads them.
const sharp = require('sharp');
const path = require('path');
sharp.concurrency(1);
sharp.cache(false);
const out = process.argv[2];
let spent = 0;
const lines = require('readline').createInterface({ input: process.stdin });
(async () => {
  for await (const line of lines) {
    const ask = JSON.parse(line);
    for (const [left, top, width, height, w, h] of ask.cuts) {
      await sharp(ask.path)
        .extract({ left, top, width, height })
        .resize(w, h, { fit: 'fill' })
        .jpeg({ quality: 85, chromaSubsampling: '4:2:0' })
        .toFile(path.join(out, `${ask.name}.${w}x${h}.jpg`));
    }
    const now = process.cpuUsage();
    console.log((now.user + now.system - spent) / 1e6);
    spent = now.user + now.system;
  }
})();
