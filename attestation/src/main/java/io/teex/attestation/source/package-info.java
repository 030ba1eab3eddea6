/** Where a process finds out what it runs in, and gets evidence about itself. */
@NullMarked
package io.teex.attestation.source;

import org.jspecify.annotations.NullMarked;
