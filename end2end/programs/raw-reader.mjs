// Reads the terminal in raw mode and appends every byte it reads to the file named by its argument.
import * as fs from 'node:fs';

const file = fs.openSync(process.argv[2], 'a');
process.stdin.setRawMode(true);
process.stdin.on('data', (bytes) => fs.writeSync(file, bytes));
process.stdout.write('\x1b[H\x1b[2Jreader is ready\r\n');
