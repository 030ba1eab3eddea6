package io.teex.sdk;

import io.teex.chain.ServiceMarket;
import io.teex.chain.TransactionSender;
import io.teex.chain.TransactionSigner;
import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ImageRegistration;
import io.teex.protocol.Price;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedContent;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.ServiceId;
import io.teex.protocol.Signed;

/**
 * Sells services. The code leaves this machine sealed; its key goes to the attested manager and to
 * nobody else.
 */
public final class Provider {
  private final Market market;
  private final TransactionSigner signer;
  private final ServiceMarket services;
  private final TransactionSender sender;

  Provider(Market market, TransactionSigner signer) {
    this.market = market;
    this.signer = signer;
    this.services = new ServiceMarket(market.chain(), market.addresses());
    this.sender = new TransactionSender(market.chain(), signer);
  }

  public Address address() {
    return signer.address();
  }

  /**
   * Seals, stores, registers and lists a module as a new service.
   *
   * @param wasm of the profile "wasm-1"
   * @throws io.teex.protocol.TeexException {@code FORBIDDEN_IMPORT} or {@code INVALID_MODULE} as
   *     the manager found it; {@code CHAIN_REJECTED}, {@code UNAVAILABLE}
   */
  public Published publish(byte[] wasm, Price price, Metadata metadata) {
    ServiceMarket.NewVersion version = register(wasm, metadata);
    ServiceMarket.Published published = services.publish(sender, version, price);
    return new Published(published.id(), 1, version.imageDigest(), version.publicKey());
  }

  /**
   * Adds a version to a service of one's own; orders that name an older one still run it. Of a
   * service that changed hands it can be ordered only after the market's delay.
   */
  public Published addVersion(ServiceId service, byte[] wasm, Metadata metadata) {
    ServiceMarket.NewVersion version = register(wasm, metadata);
    int number = services.addVersion(sender, service, version).number();
    return new Published(service, number, version.imageDigest(), version.publicKey());
  }

  /** Changes the price for orders signed from now on. */
  public void setPrice(ServiceId service, Price price) {
    services.setPrice(sender, service, price);
  }

  /** Says whether the service takes new orders. */
  public void setActive(ServiceId service, boolean active) {
    services.setActive(sender, service, active);
  }

  private ServiceMarket.NewVersion register(byte[] wasm, Metadata metadata) {
    try (SecretBytes imageKey = SealedContent.newKey(market.random());
        SecretBytes content = SecretBytes.copyOf(wasm)) {
      SaltedContent image = new SaltedContent(Bytes32.random(market.random()), content);
      Bytes32 digest = image.imageDigest();
      Bytes sealed = SealedContent.seal(imageKey, image.encode(), market.random());
      String cid = market.blobs().put(sealed.copy()).toString();
      Signed<ImageRegistration> registration =
          signer.sign(market.domain(), new ImageRegistration(signer.address(), digest, cid));
      Bytes32 publicKey = market.managerClient().registerImage(registration, imageKey);
      String metadataCid = market.blobs().put(metadata.encode()).toString();
      return new ServiceMarket.NewVersion(digest, publicKey, metadataCid);
    }
  }
}
