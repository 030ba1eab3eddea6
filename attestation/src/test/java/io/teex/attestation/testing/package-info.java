/** Genuine evidence and the tools that the tests of several packages share. */
@NullMarked
package io.teex.attestation.testing;

import org.jspecify.annotations.NullMarked;
