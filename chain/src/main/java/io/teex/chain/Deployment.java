package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Keccak;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import io.teex.protocol.Uint;
import java.time.Duration;
import java.util.List;

/** Puts a whole market on a chain. */
public final class Deployment {
  /** Managers prove what they run to their peers, and not on chain. */
  private static final Address NO_MANAGER_ATTESTATION = new Address(Bytes.of(new byte[20]));

  private record TokenArguments(Address owner) {}

  private record RegistryArguments(
      Address owner, Address settlement, long trustDelay, Address managerAttestation) {}

  private record MarketArguments(long listingDelay) {}

  private record SettlementArguments(
      Address token, Address registry, @Uint(40) long withdrawDelay) {}

  private Deployment() {}

  /**
   * Deploys a development token and all contracts in five transactions. The sender becomes the
   * owner of token and registry: governance. The account must send nothing else meanwhile.
   *
   * @param withdrawDelay how long after its expiry an allowance can still be debited; whole seconds
   * @param trustDelay how long after a decision that widens trust it takes effect, and how long
   *     what a later owner adds to a service or data set waits; whole seconds, zero for development
   *     only
   */
  public static Addresses deploy(
      TransactionSender governance, Duration withdrawDelay, Duration trustDelay) {
    Address token =
        create(governance, "DevToken", encode(new TokenArguments(governance.address())));
    // Registry and settlement name each other, so the second one's address is known beforehand.
    Address settlement = created(governance.address(), governance.nextNonce() + 1);
    Address registry =
        create(
            governance,
            "EnclaveRegistry",
            encode(
                new RegistryArguments(
                    governance.address(),
                    settlement,
                    trustDelay.toSeconds(),
                    NO_MANAGER_ATTESTATION)));
    Address deployed =
        create(
            governance,
            "Settlement",
            encode(new SettlementArguments(token, registry, withdrawDelay.toSeconds())));
    if (!deployed.equals(settlement)) {
      throw new TeexException(
          ErrorCode.CHAIN_REJECTED,
          "Settlement is at %s, expected %s: the account sent something else meanwhile"
              .formatted(deployed, settlement));
    }
    Bytes markets = encode(new MarketArguments(trustDelay.toSeconds()));
    return new Addresses(
        governance.chain().chainId(),
        token,
        registry,
        create(governance, "ServiceMarket", markets),
        create(governance, "DataMarket", markets),
        settlement);
  }

  /** The address of the contract that an account's transaction with this nonce creates. */
  static Address created(Address creator, long nonce) {
    byte[] seed = Rlp.list(List.of(Rlp.string(creator.value()), Rlp.number(nonce)));
    return new Address(Keccak.hash(seed).value().slice(12, 32));
  }

  private static Address create(TransactionSender sender, String contract, Bytes arguments) {
    return sender.create(
        "deploying " + contract,
        Bytes.concat(ContractArtifact.load(contract).bytecode(), arguments));
  }

  private static Bytes encode(Record arguments) {
    return Bytes.of(TypedData.encodeArguments(arguments));
  }
}
