/**
 * TEE-DS: the ordered key-value store in which managers and dispatchers keep their state. {@link
 * io.teex.teeds.Store} is what they use; {@link io.teex.teeds.SealedReplica} keeps it on one
 * machine's disk, sealed, and {@link io.teex.teeds.StoreClient} reaches it on another machine.
 */
@NullMarked
package io.teex.teeds;

import org.jspecify.annotations.NullMarked;
