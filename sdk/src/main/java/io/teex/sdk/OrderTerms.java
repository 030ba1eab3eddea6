package io.teex.sdk;

import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.Isolation;
import io.teex.protocol.Limits;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.ServiceId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a user wants done and the most that it may cost. Made by {@link #of} with defaults that suit
 * a small task, changed by the {@code with} methods.
 *
 * @param service runs in its latest version at its latest price
 * @param input goes to the attested worker only
 * @param datasets in the order in which the service sees them
 * @param purpose that licences compare with, empty for none
 * @param feeMax the most that the task may cost, everything included
 * @param basisPointsMax the most that the dispatcher may take on top, in 1/10000
 * @param limits fuel, the step to which it is rounded up in public, and memory
 * @param outputBytesMax the most that the service may write
 * @param outputPaddingBytes the output is padded to a multiple of this
 * @param isolation a process of its own, or one that serves this user's tasks on this image
 * @param responseStep the answer leaves the worker after a whole number of these; zero for at once
 * @param patience after which the order is void
 */
public record OrderTerms(
    ServiceId service,
    SecretBytes input,
    List<Use> datasets,
    String purpose,
    Amount feeMax,
    int basisPointsMax,
    Limits limits,
    long outputBytesMax,
    long outputPaddingBytes,
    Isolation isolation,
    Duration responseStep,
    Duration patience) {
  private static final Amount FEE_MAX = Amount.parse("1000000000000000000");
  private static final int BASIS_POINTS_MAX = 1_000;
  private static final Limits LIMITS = new Limits(10_000_000_000L, 1_000_000, 256L << 20);
  private static final long OUTPUT_BYTES_MAX = 1 << 20;
  private static final long OUTPUT_PADDING_BYTES = 256;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /**
   * A data set to use.
   *
   * @param licence digest of the licence; empty for the newest that is active
   * @param priceMax the most that this use may cost; empty for whatever the licence says
   */
  public record Use(DatasetId id, Optional<Bytes32> licence, Optional<Amount> priceMax) {
    public static Use of(DatasetId id) {
      return new Use(id, Optional.empty(), Optional.empty());
    }

    public static Use of(DatasetId id, Bytes32 licence) {
      return new Use(id, Optional.of(licence), Optional.empty());
    }
  }

  public OrderTerms {
    datasets = List.copyOf(datasets);
  }

  /** Copies the input: later changes of the array are not seen. */
  public static OrderTerms of(ServiceId service, byte[] input) {
    return new OrderTerms(
        service,
        SecretBytes.copyOf(input),
        List.of(),
        "",
        FEE_MAX,
        BASIS_POINTS_MAX,
        LIMITS,
        OUTPUT_BYTES_MAX,
        OUTPUT_PADDING_BYTES,
        Isolation.SESSION,
        Duration.ZERO,
        PATIENCE);
  }

  public OrderTerms withDatasets(List<Use> datasets) {
    return new OrderTerms(
        service,
        input,
        datasets,
        purpose,
        feeMax,
        basisPointsMax,
        limits,
        outputBytesMax,
        outputPaddingBytes,
        isolation,
        responseStep,
        patience);
  }

  public OrderTerms withPurpose(String purpose) {
    return new OrderTerms(
        service,
        input,
        datasets,
        purpose,
        feeMax,
        basisPointsMax,
        limits,
        outputBytesMax,
        outputPaddingBytes,
        isolation,
        responseStep,
        patience);
  }

  public OrderTerms withFeeMax(Amount feeMax) {
    return new OrderTerms(
        service,
        input,
        datasets,
        purpose,
        feeMax,
        basisPointsMax,
        limits,
        outputBytesMax,
        outputPaddingBytes,
        isolation,
        responseStep,
        patience);
  }

  public OrderTerms withLimits(Limits limits) {
    return new OrderTerms(
        service,
        input,
        datasets,
        purpose,
        feeMax,
        basisPointsMax,
        limits,
        outputBytesMax,
        outputPaddingBytes,
        isolation,
        responseStep,
        patience);
  }

  public OrderTerms withOutput(long bytesMax, long paddingBytes) {
    return new OrderTerms(
        service,
        input,
        datasets,
        purpose,
        feeMax,
        basisPointsMax,
        limits,
        bytesMax,
        paddingBytes,
        isolation,
        responseStep,
        patience);
  }

  public OrderTerms withIsolation(Isolation isolation) {
    return new OrderTerms(
        service,
        input,
        datasets,
        purpose,
        feeMax,
        basisPointsMax,
        limits,
        outputBytesMax,
        outputPaddingBytes,
        isolation,
        responseStep,
        patience);
  }

  /** Hides how long the task took, but for the number of steps: 10 ms to a minute each. */
  public OrderTerms withResponseStep(Duration responseStep) {
    return new OrderTerms(
        service,
        input,
        datasets,
        purpose,
        feeMax,
        basisPointsMax,
        limits,
        outputBytesMax,
        outputPaddingBytes,
        isolation,
        responseStep,
        patience);
  }

  public OrderTerms withPatience(Duration patience) {
    return new OrderTerms(
        service,
        input,
        datasets,
        purpose,
        feeMax,
        basisPointsMax,
        limits,
        outputBytesMax,
        outputPaddingBytes,
        isolation,
        responseStep,
        patience);
  }
}
