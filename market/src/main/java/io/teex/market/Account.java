package io.teex.market;

import io.teex.chain.DevAccounts;
import io.teex.protocol.Address;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TeexException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The people of an embedded market. Their keys are those of anvil's well-known mnemonic: public,
 * and worth nothing anywhere else.
 */
public enum Account {
  GOVERNANCE(0),
  PROVIDER(1),
  DATA_PROVIDER(2),
  ALICE(3),
  BOB(4),
  CAROL(5),
  DISPATCHER_OPERATOR(6),
  WORKER_OWNER_1(7),
  WORKER_OWNER_2(8),
  WORKER_OWNER_3(9);

  private static final List<Account> WORKER_OWNERS =
      List.of(WORKER_OWNER_1, WORKER_OWNER_2, WORKER_OWNER_3);

  private final int index;

  Account(int index) {
    this.index = index;
  }

  public SigningKey key() {
    return DevAccounts.key(index);
  }

  public Address address() {
    return key().address();
  }

  /** As people type it: {@code data-provider}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * @throws TeexException {@code USAGE} if nobody has that name
   */
  public static Account named(String label) {
    return Arrays.stream(values())
        .filter(account -> account.label().equals(label))
        .findFirst()
        .orElseThrow(() ->
            new TeexException(
                ErrorCode.USAGE,
                "there is no account '%s'; there are %s"
                    .formatted(
                        label,
                        Arrays.stream(values())
                            .map(Account::label)
                            .collect(Collectors.joining(", ")))));
  }

  /** Who owns the worker of that number, from 1; owners with several workers come around again. */
  static Account workerOwner(int number) {
    return WORKER_OWNERS.get((number - 1) % WORKER_OWNERS.size());
  }
}
