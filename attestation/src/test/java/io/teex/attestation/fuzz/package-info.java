/** Inputs that nobody honest sends, for everything that reads bytes of strangers. */
@NullMarked
package io.teex.attestation.fuzz;

import org.jspecify.annotations.NullMarked;
