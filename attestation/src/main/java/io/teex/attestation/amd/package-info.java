/** Evidence of SEV-SNP. */
@NullMarked
package io.teex.attestation.amd;

import org.jspecify.annotations.NullMarked;
