package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import io.teex.protocol.Uint;
import java.math.BigInteger;
import java.time.Duration;

/** Quotes by which managers prove on chain what they run; anybody may post them. */
public final class ManagerAttestation extends Contract {
  private record Attest(Address key, BigInteger blockNumber, Bytes quote) {}

  private record OfKey(Address key) {}

  /**
   * What the last quote of a key said.
   *
   * @param platform keccak256 of the PPID
   * @param until seconds since the epoch; inclusive
   * @param evaluationNumber of the TCB evaluation that it was judged by
   */
  public record Attestation(
      Bytes32 measurementHash,
      Bytes32 platform,
      long until,
      long blockNumber,
      @Uint(32) long evaluationNumber) {}

  private record Statement(Address key, Bytes32 blockHash) {}

  private record Text(Bytes value) {}

  private record Arguments(Address owner, Address registry, Address verifier, long life) {}

  public ManagerAttestation(ChainReader chain, Address address) {
    super(chain, address);
  }

  /**
   * Deploys it. A registry asks it only if it was itself deployed with the address that this will
   * get.
   *
   * @param owner governance, who says which TCB evaluation is late enough
   * @param life how long a quote counts at most; whole seconds
   */
  public static Address deploy(
      TransactionSender sender, Address owner, Address registry, Address verifier, Duration life) {
    DeploymentPlan plan = new DeploymentPlan(sender.address(), sender.nextNonce());
    Address address = plan(plan, owner, registry, verifier, life);
    new Creations(sender).carryOut(plan);
    return address;
  }

  static Address plan(
      DeploymentPlan plan, Address owner, Address registry, Address verifier, Duration life) {
    return plan.create(
        "ManagerAttestation", new Arguments(owner, registry, verifier, life.toSeconds()));
  }

  /**
   * Posts a manager's quote.
   *
   * @param blockNumber of the block whose hash the quote carries; at most 256 blocks ago
   * @throws TeexException {@code CHAIN_REJECTED} with the reason and what helps
   */
  public Mined attest(TransactionSender sender, Address key, long blockNumber, Bytes quote) {
    return send(
        sender,
        "attesting the manager " + key,
        TypedData.encodeCall(
            "attestManager", new Attest(key, BigInteger.valueOf(blockNumber), quote)));
  }

  /** Whether the last quote of a key still counts. */
  public boolean isAttested(Address key) {
    return values(BoolValue.class, TypedData.encodeCall("isAttested", new OfKey(key))).value();
  }

  /** All zero if there was no quote of this key. */
  public Attestation attestation(Address key) {
    return struct(Attestation.class, TypedData.encodeCall("attestation", new OfKey(key)));
  }

  /** How long a quote counts at most. */
  public Duration life() {
    return Duration.ofSeconds(number(TypedData.encodeCall("life")).longValueExact());
  }

  /** What judges the quotes. */
  public QuoteVerifier verifier() {
    return new QuoteVerifier(
        chain(), values(AddressValue.class, TypedData.encodeCall("verifier")).value());
  }

  /** The 64 bytes that a quote for a key has to carry with the hash of a block. */
  public Bytes reportData(Address key, Bytes32 blockHash) {
    return values(Text.class, TypedData.encodeCall("reportData", new Statement(key, blockHash)))
        .value();
  }
}
