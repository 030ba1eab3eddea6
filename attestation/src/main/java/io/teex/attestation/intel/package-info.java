/** Evidence of SGX and TDX. */
@NullMarked
package io.teex.attestation.intel;

import org.jspecify.annotations.NullMarked;
