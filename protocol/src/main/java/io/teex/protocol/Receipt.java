package io.teex.protocol;

import java.math.BigInteger;
import java.util.List;

/**
 * What one attempt of a task did and what it costs; signed by the worker. It has to be publishable:
 * everything that depends on a secret is salted, rounded or withheld.
 *
 * @param nodeCertificate EIP-712 hash of the worker's {@link NodeCertificate}
 * @param inputCommitment the order's
 * @param outputCommitment {@link Commitment#output}; zero if there is no output
 * @param outputCiphertext SHA-256 of the sealed output; zero if there is none
 * @param datasets charges in the order's order
 * @param fuel rounded up to the order's step
 * @param memoryBytes peak of linear memory, rounded up to a power of two
 * @param finishedAt seconds since the epoch, rounded up to a minute
 * @param seedCommitment {@link Commitment#seed} of the task's random seed
 */
public record Receipt(
    TaskId taskId,
    int attempt,
    Address dispatcher,
    Address worker,
    Bytes32 nodeCertificate,
    ReceiptDigests digests,
    Bytes32 inputCommitment,
    Bytes32 outputCommitment,
    Bytes32 outputCiphertext,
    List<DatasetCharge> datasets,
    long fuel,
    long memoryBytes,
    long finishedAt,
    Outcome outcome,
    FeeSplit fee,
    Execution execution,
    Bytes32 seedCommitment) {
  public Receipt {
    Require.uint32("attempt", attempt);
    Require.uint64("fuel", fuel);
    Require.uint64("memory", memoryBytes);
    Require.uint64("finish time", finishedAt);
    datasets = List.copyOf(datasets);
  }

  /** What batches and acknowledgements name it by: its EIP-712 hash. */
  public Bytes32 hash(Domain domain) {
    return TypedData.hash(domain, this);
  }

  /** Whether the fee's parts and the data sets' charges add up to its total. */
  public boolean isConserved() {
    return fee.total()
        .value()
        .equals(
            datasets.stream()
                .map(charge -> charge.amount().value())
                .reduce(
                    fee.providerAmount()
                        .value()
                        .add(fee.workerAmount().value())
                        .add(fee.dispatcherAmount().value()),
                    BigInteger::add));
  }
}
