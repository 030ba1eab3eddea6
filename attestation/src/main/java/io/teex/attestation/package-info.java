/**
 * Evidence of a TEE in, a verdict with reasons out. Verification is a pure function: it reads no
 * clock, no network and no file, and knows nothing of RPC.
 */
@NullMarked
package io.teex.attestation;

import org.jspecify.annotations.NullMarked;
