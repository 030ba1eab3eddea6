package io.teex.sdk;

import io.teex.chain.Addresses;
import io.teex.chain.ChainClient;
import io.teex.chain.ChainReader;
import io.teex.chain.Settlement;
import io.teex.chain.Token;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Keccak;
import io.teex.protocol.TaskId;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** What was settled and where the money is, recomputed from the chain alone. */
public final class Settlements {
  // The first indexed parameter of each is an account that holds something from then on.
  private static final String DEPOSITED = "Deposited(address,uint128)";
  private static final String ALLOWANCE_INCREASED =
      "AllowanceIncreased(address,address,uint32,uint128,uint40)";
  private static final String CREDITED = "Credited(address,address,uint128)";

  private final ChainClient chain;
  private final Addresses addresses;

  Settlements(ChainClient chain, Addresses addresses) {
    this.chain = chain;
    this.addresses = addresses;
  }

  /** All batches, in order. */
  public List<Settlement.Settled> batches() {
    return new Settlement(chain, addresses).batches(0, chain.blockNumber());
  }

  /** What a transaction cost in gas. */
  public long gasUsed(Bytes32 transaction) {
    return chain.receipt(transaction).orElseThrow().gasUsed();
  }

  /**
   * What an account has earned and not claimed.
   *
   * @param pending in batches that can still be challenged
   */
  public record Earnings(Amount claimable, Amount pending) {
    public Amount total() {
      return claimable.plus(pending);
    }
  }

  public Earnings earnings(Address account) {
    return earnings(new Settlement(chain, addresses), account);
  }

  private static Earnings earnings(Settlement settlement, Address account) {
    return new Earnings(settlement.claimable(account), settlement.pending(account));
  }

  /**
   * Whether every token that Settlement holds has exactly one owner.
   *
   * @param held the contract's token balance
   * @param free of all accounts that ever had a free balance
   * @param allowances of all lanes that were ever opened
   * @param escrows of all requests that were ever made
   * @param credits of all accounts that ever got one
   */
  public record Conservation(
      long block,
      BigInteger held,
      BigInteger free,
      BigInteger allowances,
      BigInteger escrows,
      BigInteger credits) {
    public boolean holds() {
      return held.equals(free.add(allowances).add(escrows).add(credits));
    }
  }

  private record LaneKey(Address payer, Address dispatcher, int lane) {}

  /** Adds up, as of the newest block, all that the events tell of. */
  public Conservation conservation() {
    ChainClient.Block head = chain.head();
    ChainReader then = chain.at(head);
    Settlement settlement = new Settlement(then, addresses);
    Set<Address> accounts = new TreeSet<>();
    Set<LaneKey> lanes = new LinkedHashSet<>();
    Set<TaskId> requests = new LinkedHashSet<>();
    for (String event : List.of(DEPOSITED, ALLOWANCE_INCREASED, CREDITED)) {
      logs(event, head).forEach(log -> accounts.add(account(log.topics().get(1))));
    }
    logs(ALLOWANCE_INCREASED, head).forEach(log -> lanes.add(lane(log.topics())));
    for (Settlement.Requested requested : settlement.requests(0, head.number())) {
      requests.add(requested.task());
      accounts.add(requested.order().value().user());
    }
    return new Conservation(
        head.number(),
        new Token(then, addresses).balanceOf(addresses.settlement()).value(),
        sum(accounts, account -> settlement.balance(account).value()),
        sum(
            lanes,
            lane ->
                settlement
                    .allowance(lane.payer(), lane.dispatcher(), lane.lane())
                    .remaining()
                    .value()),
        sum(
            requests,
            request ->
                settlement
                    .request(request)
                    .map(found -> found.escrow().value())
                    .orElse(BigInteger.ZERO)),
        sum(accounts, account -> earnings(settlement, account).total().value()));
  }

  private static <T> BigInteger sum(Set<T> places, Function<T, BigInteger> amount) {
    return places.stream().map(amount).reduce(BigInteger.ZERO, BigInteger::add);
  }

  private List<ChainClient.Log> logs(String event, ChainClient.Block head) {
    Bytes32 topic = Keccak.hash(event.getBytes(StandardCharsets.UTF_8));
    return chain.logs(addresses.settlement(), List.of(topic), 0, head.number());
  }

  private static LaneKey lane(List<Bytes32> topics) {
    return new LaneKey(
        account(topics.get(1)),
        account(topics.get(2)),
        new BigInteger(1, topics.get(3).copy()).intValueExact());
  }

  private static Address account(Bytes32 word) {
    return new Address(word.value().slice(12, Bytes32.SIZE));
  }
}
