@NullMarked
package io.teex.attestation;

import org.jspecify.annotations.NullMarked;
