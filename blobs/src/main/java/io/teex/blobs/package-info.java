/**
 * Content-addressed blobs: sealed images, sealed data sets, sealed outputs and metadata. A blob is
 * named as IPFS names it ({@link io.teex.blobs.Cid}) and checked against its name wherever it
 * arrives, so that no store, disk or network has to be trusted with more than availability.
 */
@NullMarked
package io.teex.blobs;

import org.jspecify.annotations.NullMarked;
