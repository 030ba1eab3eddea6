/** Evidence of AWS Nitro enclaves. */
@NullMarked
package io.teex.attestation.nitro;

import org.jspecify.annotations.NullMarked;
