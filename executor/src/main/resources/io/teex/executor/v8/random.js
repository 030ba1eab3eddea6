'use strict';
// All randomness a guest sees: the ChaCha20 key stream (RFC 8439) of the task's seed, nonce zero,
// counter from zero on.
const ZEROS = Buffer.alloc(4096);

module.exports = function randomOf(seed) {
  let cipher = null;
  return function fill(target) {
    // Few guests ask for randomness, and loading the library takes milliseconds.
    cipher ??= require('node:crypto').createCipheriv('chacha20', seed, Buffer.alloc(16));
    for (let at = 0; at < target.length; at += ZEROS.length) {
      const size = Math.min(ZEROS.length, target.length - at);
      target.set(cipher.update(ZEROS.subarray(0, size)), at);
    }
  };
};
