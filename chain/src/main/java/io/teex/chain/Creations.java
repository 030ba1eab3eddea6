package io.teex.chain;

import io.teex.protocol.Address;
import io.teex.protocol.Bytes;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import java.util.ArrayList;
import java.util.List;

/** Deploys contracts one after the other, and keeps what was deployed. */
final class Creations {
  private final TransactionSender sender;
  private final List<Created> created = new ArrayList<>();

  Creations(TransactionSender sender) {
    this.sender = sender;
  }

  /** What was created until now, in order. */
  List<Created> all() {
    return List.copyOf(created);
  }

  Address create(String contract, Record arguments) {
    Bytes encoded = Bytes.of(TypedData.encodeArguments(arguments));
    String what = "deploying " + contract;
    Mined mined =
        sender.createMined(what, Bytes.concat(ContractArtifact.load(contract).bytecode(), encoded));
    Address address = TransactionSender.created(what, mined);
    created.add(new Created(contract, address, encoded, mined.transaction(), mined.gasUsed()));
    return address;
  }

  /**
   * The same where others were told the address already.
   *
   * @throws TeexException {@code CHAIN_REJECTED} if it is another
   */
  void create(String contract, Record arguments, Address expected) {
    Address address = create(contract, arguments);
    if (!address.equals(expected)) {
      throw new TeexException(
          ErrorCode.CHAIN_REJECTED,
          "%s is at %s, expected %s: the account sent something else meanwhile"
              .formatted(contract, address, expected));
    }
  }
}
