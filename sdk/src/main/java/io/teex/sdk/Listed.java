package io.teex.sdk;

import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;

/** A data set that is listed under a licence. */
public record Listed(DatasetId dataset, Bytes32 licenceDigest, Bytes32 dataDigest) {}
