// Where the tools lie, and one way to run forge.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs forge in this module, with its output shown unless `quiet`; returns {status, stdout}. */
export function forge(words, { quiet = false, env = {} } = {}) {
  const { status, stdout, stderr, error } = spawnSync('node_modules/.bin/forge', words, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, FOUNDRY_DISABLE_NIGHTLY_WARNING: '1', ...env },
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', quiet ? 'pipe' : 'inherit'],
  });
  if (error) throw new Error(`forge does not start (${error.message}); run: npm ci --ignore-scripts`);
  if (!quiet) process.stdout.write(stdout);
  else if (status !== 0) process.stderr.write(stdout + stderr);
  return { status, stdout };
}
