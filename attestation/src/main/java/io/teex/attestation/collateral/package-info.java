/**
 * Gets the documents that a verifier needs from a service that nobody has to trust, and keeps them.
 * The only part of attestation that opens a connection; the verifier itself never does.
 */
@NullMarked
package io.teex.attestation.collateral;

import org.jspecify.annotations.NullMarked;
