// Prints a numbered line every `pace` milliseconds until the file named by the second argument exists.
import * as fs from 'node:fs';

const [pace, stop] = process.argv.slice(2);
let number = 0;
const timer = setInterval(() => {
  number += 1;
  process.stdout.write(`number ${number} of many\n`);
  if (fs.existsSync(stop)) {
    clearInterval(timer);
    process.stdout.write(`last number ${number}\n`);
  }
}, Number(pace));
