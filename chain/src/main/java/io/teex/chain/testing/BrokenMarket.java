package io.teex.chain.testing;

import io.teex.chain.Addresses;
import io.teex.chain.Anvil;
import io.teex.chain.ChainClient;
import io.teex.chain.Deployment;
import io.teex.chain.DevAccounts;
import io.teex.chain.EnclaveRegistry;
import io.teex.chain.Settlement;
import io.teex.chain.SignedBatch;
import io.teex.chain.Stakes;
import io.teex.chain.Token;
import io.teex.chain.TransactionSender;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BatchHeader;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Credit;
import io.teex.protocol.Debit;
import io.teex.protocol.Keccak;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.NodeOperation;
import io.teex.protocol.RequestPayment;
import io.teex.protocol.Role;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TcbStatus;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** A market on a real chain whose dispatcher is broken: it signs whatever batch a test likes. */
public final class BrokenMarket implements AutoCloseable {
  public static final Amount STAKE = Amount.of(10_000_000);
  private static final Bytes MEASUREMENT = Bytes.of((byte) 7);
  private static final long DAY = 86_400;
  private static final BigInteger ETHER = BigInteger.TEN.pow(18);

  public final ChainClient chain;
  public final Addresses addresses;
  public final Settlement settlement;
  public final SigningKey dispatcher;

  /** Who gets what the broken dispatcher takes. */
  public final Address accomplice;

  private final Anvil process;
  private final TransactionSender governance;
  private final RandomGenerator random;

  /**
   * @param anvil the program
   */
  public BrokenMarket(Path anvil, RandomGenerator random) {
    this.random = random;
    process = Anvil.start(anvil, 0, Optional.empty());
    chain = ChainClient.connect(process.endpoint());
    governance = new TransactionSender(chain, DevAccounts.key(0));
    addresses = Deployment.deploy(governance, Deployment.Terms.development(Duration.ofHours(2)));
    settlement = new Settlement(chain, addresses);
    dispatcher = SigningKey.generate(random);
    accomplice = SigningKey.generate(random).address();
    admit(SigningKey.generate(random));
    Stakes stakes = new Stakes(chain, addresses);
    Token token = new Token(chain, addresses);
    token.mint(governance, governance.address(), STAKE);
    token.approve(governance, stakes.address(), STAKE);
    stakes.bond(governance, dispatcher.address(), STAKE);
  }

  private void admit(SigningKey manager) {
    EnclaveRegistry registry = new EnclaveRegistry(chain, addresses);
    Bytes32 machine = NodeOperation.platform(Bytes.of((byte) 1));
    SigningKey operator = DevAccounts.key(6);
    registry.setManager(governance, manager.address(), 1, true);
    registry.setMeasurement(governance, Role.DISPATCHER, MEASUREMENT, true);
    registry.setPlatform(governance, machine, operator.address());
    for (NodeOperation operation :
        List.of(
            new NodeOperation(Role.MANAGER, manager.address(), machine),
            new NodeOperation(Role.DISPATCHER, dispatcher.address(), machine))) {
      registry.operate(governance, operator.sign(addresses.domain(), operation));
    }
    registry.admit(
        governance,
        manager.sign(
            addresses.domain(),
            new NodeCertificate(
                Role.DISPATCHER,
                Bytes32.ZERO,
                dispatcher.address(),
                accomplice,
                MEASUREMENT,
                Bytes32.ZERO,
                TcbStatus.UP_TO_DATE,
                1,
                chain.head().time() + DAY)));
  }

  public URI endpoint() {
    return process.endpoint();
  }

  /** A user with ether and this much in her free balance, and as many tokens outside. */
  public SigningKey user(Amount money) {
    SigningKey key = SigningKey.generate(random);
    governance.transfer(key.address(), ETHER);
    Token token = new Token(chain, addresses);
    token.mint(governance, key.address(), money.plus(money));
    TransactionSender sender = new TransactionSender(chain, key);
    token.approve(sender, settlement.address(), money);
    settlement.deposit(sender, money);
    return key;
  }

  /** Gives an account tokens. */
  public void mint(Address account, Amount amount) {
    new Token(chain, addresses).mint(governance, account, amount);
  }

  public long inADay() {
    return chain.head().time() + DAY;
  }

  /** Settles a batch that takes this, whatever it is for. */
  public void take(Address payer, int lane, long to, Amount amount) {
    Settlement.BatchChain before = settlement.batchChain(dispatcher.address());
    long settled = settlement.allowance(payer, dispatcher.address(), lane).settledSequence();
    List<Debit> debits = List.of(new Debit(payer, lane, to, amount));
    List<RequestPayment> requests = List.of();
    List<Credit> credits = List.of(new Credit(accomplice, amount));
    BatchHeader header =
        new BatchHeader(
            dispatcher.address(),
            before.number() + 1,
            before.head(),
            Keccak.hash(new byte[] {1}),
            (int) (to - settled),
            amount,
            BatchHeader.digest(Debit.class, debits),
            BatchHeader.digest(RequestPayment.class, requests),
            BatchHeader.digest(Credit.class, credits));
    settlement.settle(
        governance,
        new SignedBatch(dispatcher.sign(addresses.domain(), header), debits, requests, credits));
  }

  /** Somebody with ether and no part in it. */
  public TransactionSender anybody() {
    return governance;
  }

  public void pass(Duration time) {
    chain.development("evm_increaseTime", BigInteger.valueOf(time.toSeconds()));
    chain.development("evm_mine");
  }

  public Amount tokens(Address account) {
    return new Token(chain, addresses).balanceOf(account);
  }

  @Override
  public void close() {
    chain.close();
    process.close();
  }
}
