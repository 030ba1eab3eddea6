package io.teex.manager.catalogue;

import io.teex.protocol.Bytes;
import io.teex.protocol.Licence;

/**
 * A registered data set under one licence as TEE-DS keeps it; never changed.
 *
 * @param sealedCid content id of the sealed data set
 * @param wrappedKey opens it; wrapped under the manager's root
 */
public record DatasetRecord(Licence licence, String sealedCid, Bytes wrappedKey) {}
