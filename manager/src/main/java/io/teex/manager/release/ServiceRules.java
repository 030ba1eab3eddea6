package io.teex.manager.release;

import static io.teex.manager.release.Checks.require;
import static io.teex.protocol.ErrorCode.ORDER_MISMATCH;
import static io.teex.protocol.ErrorCode.PERMISSION_DENIED;
import static io.teex.protocol.ErrorCode.SERVICE_INACTIVE;
import static io.teex.protocol.ErrorCode.UNKNOWN_SERVICE;

import io.teex.chain.ServiceMarket;
import io.teex.manager.catalogue.ImageRecord;
import io.teex.protocol.Order;
import io.teex.protocol.Pricing;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.TeexException;
import java.util.Optional;

/** Whether the listed service is what the order says and may use the image's key. */
public final class ServiceRules {
  private ServiceRules() {}

  /**
   * What is known of the ordered service.
   *
   * @param service the listed service, if there is one
   * @param version its ordered version, if there is one
   * @param priceReplacedAt when the price after the ordered one was listed, zero if none was; empty
   *     if the ordered one is not listed
   * @param image what this manager keeps under the order's image digest, if anything
   */
  public record Facts(
      Optional<ServiceMarket.Service> service,
      Optional<ServiceMarket.Version> version,
      Optional<Long> priceReplacedAt,
      Optional<ImageRecord> image) {}

  /**
   * @throws TeexException {@code UNKNOWN_SERVICE}, {@code ORDER_MISMATCH}, {@code
   *     PERMISSION_DENIED} or {@code SERVICE_INACTIVE}
   */
  public static ImageRecord check(Order order, Facts facts) {
    ServiceRef ordered = order.service();
    ServiceMarket.Version version =
        facts.version().orElseThrow(() -> unknown(ordered, "is not listed on chain"));
    require(
        version.imageDigest().equals(ordered.imageDigest()),
        ORDER_MISMATCH,
        "version %d of service %s has image %s, the order says %s",
        ordered.version(),
        ordered.id(),
        version.imageDigest(),
        ordered.imageDigest());
    ServiceMarket.Service service =
        facts.service().orElseThrow(() -> unknown(ordered, "is not listed on chain"));
    long replacedAt =
        facts
            .priceReplacedAt()
            .orElseThrow(() ->
                unknown(
                    ordered, "has no price version %d on chain".formatted(ordered.priceVersion())));
    require(
        Pricing.holds(order.deadline(), replacedAt),
        ORDER_MISMATCH,
        "the price of service %s is now version %d; version %d, which the order says, held for "
            + "deadlines until %s: look it up again",
        ordered.id(),
        service.latestPriceVersion(),
        ordered.priceVersion(),
        Dates.instant(replacedAt + Pricing.ORDER_LIFE_SECONDS_MAX));
    ImageRecord image =
        facts.image().orElseThrow(() -> unknown(ordered, "has an image that is not registered"));
    // Anybody can list anybody's image digest: only its registrant's listing opens its key.
    require(
        image.owner().equals(version.publisher()),
        PERMISSION_DENIED,
        "service %s was listed by %s, who did not register its image",
        ordered.id(),
        version.publisher());
    require(
        image.publicKey().equals(version.publicKey()),
        PERMISSION_DENIED,
        "service %s lists a public key that is not this manager's",
        ordered.id());
    require(service.active(), SERVICE_INACTIVE, "service %s takes no orders", ordered.id());
    return image;
  }

  private static TeexException unknown(ServiceRef ordered, String what) {
    return new TeexException(
        UNKNOWN_SERVICE,
        "version %d of service %s %s: look it up again"
            .formatted(ordered.version(), ordered.id(), what));
  }
}
