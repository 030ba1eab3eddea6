package io.teex.manager.catalogue;

import io.teex.protocol.Bytes;
import io.teex.protocol.Licence;
import java.nio.charset.StandardCharsets;

/**
 * A registered data set under one licence as TEE-DS keeps it; never changed.
 *
 * @param sealedCid content id of the sealed data set's index
 * @param wrappedKeys {@link io.teex.protocol.DatasetKeys} of the licensed range, wrapped under the
 *     manager's root
 */
public record DatasetRecord(Licence licence, String sealedCid, Bytes wrappedKeys) {
  /**
   * What the wrapped keys hold for and open with only: owner and content id. The rest of the
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
