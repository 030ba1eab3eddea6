'use strict';
// Stands for a service that has broken the engine and commands the process: tries what it can and
// reports each as "name: result". arguments come through standard input: "PORT PID PATH".
const fs = require('node:fs');
const net = require('node:net');
const dns = require('node:dns');
const os = require('node:os');
const child = require('node:child_process');

const [port, pid, file] = fs.readFileSync(0, 'utf8').trim().split(' ');
const report = (name, result) => fs.writeSync(1, `${name}: ${result}\n`);

function attempt(name, action) {
  try {
    const result = action();
    report(name, `DONE ${result ?? ''}`);
  } catch (error) {
    report(name, error.code ?? error.message);
  }
}

function connect(name, options) {
  return new Promise((resolve) => {
    const socket = net.connect(options, () => resolve(report(name, 'DONE')));
    socket.on('error', (error) => resolve(report(name, error.code)));
  });
}

attempt('read password file', () => fs.readFileSync('/etc/passwd').length);
attempt('read file of the worker', () => fs.readFileSync(file).length);
attempt('read processes', () => fs.readdirSync('/proc').length);
attempt('read devices', () => fs.readdirSync('/dev').length);
attempt('write root', () => fs.writeFileSync('/x', 'x'));
attempt('write scripts', () => fs.writeFileSync(__filename, 'x'));
attempt('write temporary file', () => fs.writeFileSync('/tmp/x', 'x'));
attempt('make directory', () => fs.mkdirSync('/y'));
attempt('signal the worker', () => process.kill(Number(pid), 0));
attempt('start a shell', () => {
  const { error } = child.spawnSync('/bin/sh', ['-c', 'true']);
  if (error) throw error;
});
report('files', fs.readdirSync('/').sort().join(' '));
report('environment', Object.keys(process.env).sort().join(' '));
report('host name', os.hostname());
report('user', `${process.getuid()} ${process.getgid()}`);
attempt('addresses', () => Object.values(os.networkInterfaces()).flat().length);

(async () => {
  await connect('connect to the worker', { host: '127.0.0.1', port: Number(port) });
  await connect('connect to the world', { host: '192.0.2.1', port: 80 });
  await new Promise((resolve) =>
    dns.lookup('localhost.example', (error) => resolve(report('look up a name', error?.code ?? 'DONE'))),
  );
  report('end', 'of report');
})();
