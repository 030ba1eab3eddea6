/** Reads the CBOR that evidence is wrapped in. */
@NullMarked
package io.teex.attestation.cbor;

import org.jspecify.annotations.NullMarked;
