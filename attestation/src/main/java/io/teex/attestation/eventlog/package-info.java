/** Logs of what a TEE measured after its start, believed as far as they replay. */
@NullMarked
package io.teex.attestation.eventlog;

import org.jspecify.annotations.NullMarked;
