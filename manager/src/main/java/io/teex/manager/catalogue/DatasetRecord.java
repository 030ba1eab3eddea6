package io.teex.manager.catalogue;

import io.teex.protocol.Bytes;
import io.teex.protocol.Licence;
import java.nio.charset.StandardCharsets;

/**
 * A registered data set under one licence as TEE-DS keeps it; never changed.
 *
 * @param sealedCid content id of the sealed data set
 * @param wrappedKey opens it; wrapped under the manager's root
 */
public record DatasetRecord(Licence licence, String sealedCid, Bytes wrappedKey) {
  /**
   * What the wrapped key holds for and opens with only: owner and content id. The rest of the
   * licence is in its digest.
   */
  public static Bytes terms(Licence licence, String sealedCid) {
    return Bytes.concat(
        licence.owner().value(), Bytes.of(sealedCid.getBytes(StandardCharsets.UTF_8)));
  }

  Bytes terms() {
    return terms(licence, sealedCid);
  }
}
