package io.teex.protocol;

/**
 * What a task came to when it was executed again; signed by the worker that did. It is as coarse as
 * a {@link Receipt}, so it may be published beside the one that it was made for.
 *
 * @param replay EIP-712 hash of the user's {@link Replay}
 * @param receipt {@link Receipt#hash} of the receipt that was doubted
 * @param costTable digest of the fuel costs that were counted with
 * @param inputCommitment of the input that was used
 * @param outputCommitment of the output, with the salt of the receipt's; zero if there is no output
 * @param seedCommitment of the seed that the manager released
 */
public record ReplayReport(
    Bytes32 replay,
    TaskId taskId,
    Bytes32 receipt,
    Address worker,
    Bytes32 image,
    Bytes32 costTable,
    Bytes32 inputCommitment,
    Bytes32 outputCommitment,
    long fuel,
    long memoryBytes,
    Outcome outcome,
    String engine,
    Bytes32 seedCommitment) {
  public ReplayReport {
    Require.uint64("fuel", fuel);
    Require.uint64("memory", memoryBytes);
  }
}
