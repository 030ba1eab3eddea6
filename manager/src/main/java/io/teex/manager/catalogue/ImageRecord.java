package io.teex.manager.catalogue;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import java.nio.charset.StandardCharsets;

/**
 * A registered image as TEE-DS keeps it; never changed.
 *
 * @param owner who registered it, and whose listings alone may use it
 * @param sealedCid content id of the sealed image
 * @param wrappedImageKey opens the sealed image; wrapped under the manager's root
 * @param publicKey X25519 key of the image's services, to which users seal inputs
 * @param wrappedPrivateKey its private half; wrapped, and never released to anybody
 */
public record ImageRecord(
    Address owner,
    Bytes32 imageDigest,
    String sealedCid,
    Bytes wrappedImageKey,
    Bytes32 publicKey,
    Bytes wrappedPrivateKey) {
  /** What the wrapped keys hold for and open with only: owner, public key and content id. */
  public static Bytes terms(Address owner, Bytes32 publicKey, String sealedCid) {
    return Bytes.concat(
        owner.value(), publicKey.value(), Bytes.of(sealedCid.getBytes(StandardCharsets.UTF_8)));
  }

  Bytes terms() {
    return terms(owner, publicKey, sealedCid);
  }
}
