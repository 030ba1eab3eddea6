package io.teex.manager.testing;

import io.teex.chain.ChainClient.Block;
import io.teex.chain.DataMarket;
import io.teex.chain.DataMarket.LicenceState;
import io.teex.chain.ServiceMarket;
import io.teex.chain.Settlement;
import io.teex.manager.catalogue.Catalogue;
import io.teex.manager.catalogue.DatasetRecord;
import io.teex.manager.catalogue.ImageRecord;
import io.teex.manager.keys.KeyWrap;
import io.teex.manager.keys.KeyWrap.Kind;
import io.teex.manager.keys.ManagerIdentity;
import io.teex.manager.keys.RootKeys;
import io.teex.manager.release.MarketClock;
import io.teex.manager.release.ReleaseLedger;
import io.teex.manager.release.Releases;
import io.teex.manager.release.Replays;
import io.teex.manager.state.StateKeys;
import io.teex.manager.testing.AskBuilder.Node;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.BlockRef;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetId;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.Domain;
import io.teex.protocol.Hpke;
import io.teex.protocol.Licence;
import io.teex.protocol.NodeCertificate;
import io.teex.protocol.Order;
import io.teex.protocol.Role;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.ServiceId;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.SigningKey;
import io.teex.protocol.TcbStatus;
import io.teex.protocol.TypedData;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;

/**
 * A market in which one order is good in every respect: a listed and registered image, a listed and
 * registered data set, an allowance, a dispatcher and two workers. A test changes one thing.
 */
public final class World {
  /** Seconds since the epoch; the newest block's time and the host's. */
  public static final long NOW = 1_800_000_000L;

  public static final Duration BLOCK_AGE_MAX = Duration.ofHours(1);
  public static final int LANE = 3;
  public static final ServiceId SERVICE = new ServiceId(BigInteger.ONE);
  public static final DatasetId DATASET = new DatasetId(BigInteger.TWO);

  public final Random random = new Random(1);
  public final Domain domain = new Domain(31337, address(9));
  public final SigningKey user = SigningKey.generate(random);
  public final SigningKey provider = SigningKey.generate(random);
  public final SigningKey dataOwner = SigningKey.generate(random);
  public final RootKeys keys = new RootKeys(SecretBytes.random(random, RootKeys.KEY_BYTES));
  public final KeyWrap wrap = new KeyWrap(keys, new SecureRandom());
  public final ManagerIdentity manager = new ManagerIdentity(domain, keys.signer(), 1);
  public final Node dispatcher = node(Role.DISPATCHER);
  public final Node worker = node(Role.WORKER);
  public final Node otherWorker = node(Role.WORKER);

  public final Block genesis = block(100, NOW - 12);
  public final Block head = block(101, NOW);
  public final InMemoryChain chain = new InMemoryChain(genesis);
  public final InMemoryStore store = new InMemoryStore();
  public final KeptTime keptTime = new KeptTime();
  public Instant hostTime = Instant.ofEpochSecond(NOW);

  public final Bytes32 imageDigest = bytes32();
  public final SecretBytes imageKey = SecretBytes.random(random, 32);
  public final SecretBytes datasetKey = SecretBytes.random(random, 32);
  public final Hpke.KeyPair serviceKeys = Hpke.KeyPair.generate(random);
  public final ServiceRef service = new ServiceRef(SERVICE, 1, imageDigest, 1);
  public final Bytes32 inputCommitment = bytes32();
  public final Licence licence = licence().build();

  public final Releases releases;

  public World() {
    chain.append(head);
    chain.admit(dispatcher.address(), Role.DISPATCHER);
    chain.list(SERVICE, 1, version(provider.address()));
    chain.set(SERVICE, new ServiceMarket.Service(1, 1, true));
    chain.price(SERVICE, 1, 0);
    allow(new Settlement.Allowance(Amount.of(10_000), 0, NOW + 1_000));
    put(StateKeys.image(imageDigest), image());
    register(licence);
    releases = newReleases();
  }

  /** A manager that starts anew on the same state. */
  public Releases newReleases() {
    return new Releases(
        manager, chain, clock(), new Catalogue(store, wrap), new ReleaseLedger(store), keys);
  }

  /** The replays of a manager that starts anew on the same state. */
  public Replays newReplays() {
    return new Replays(
        manager, chain, clock(), new Catalogue(store, wrap), new ReleaseLedger(store), keys);
  }

  /** A clock that starts anew and knows of the time what an earlier one kept. */
  public MarketClock clock() {
    return new MarketClock(() -> hostTime, () -> 0, keptTime, BLOCK_AGE_MAX);
  }

  /** An order without data. */
  public OrderBuilder order() {
    return new OrderBuilder(
            user.address(),
            dispatcher.address(),
            service,
            new BlockRef(genesis.number(), genesis.hash()),
            NOW + 60)
        .salt(bytes32());
  }

  /** An order that uses the data set under {@link #licence}. */
  public OrderBuilder dataOrder() {
    return order().input(inputCommitment).using(use(licence));
  }

  public DatasetUse use(Licence terms) {
    return new DatasetUse(DATASET, terms.digest(), terms.pricePerUse());
  }

  public AskBuilder ask(OrderBuilder order) {
    return ask(order.build());
  }

  public AskBuilder ask(Order order) {
    return new AskBuilder(domain, order, user, dispatcher, worker, NOW + 30);
  }

  public LicenceBuilder licence() {
    return new LicenceBuilder(dataOwner.address(), imageDigest, NOW).salt(bytes32());
  }

  /** Keeps a licence's key and lists it on its owner's terms. */
  public void register(Licence terms) {
    put(
        StateKeys.dataset(terms.digest()),
        new DatasetRecord(
            terms,
            "data-cid",
            wrap.wrap(
                Kind.DATASET, terms.digest(), DatasetRecord.terms(terms, "data-cid"), datasetKey)));
    chain.list(DATASET, terms.digest(), listing(terms));
  }

  public DataMarket.Licence listing(Licence terms) {
    return new DataMarket.Licence(
        terms.owner(), terms.dataDigest(), terms.pricePerUse(), LicenceState.ACTIVE);
  }

  public ServiceMarket.Version version(Address publisher) {
    return version(imageDigest, serviceKeys.publicKey(), publisher);
  }

  public ServiceMarket.Version version(Bytes32 image, Bytes32 publicKey, Address publisher) {
    return new ServiceMarket.Version(image, publicKey, publisher, NOW - 100, "metadata-cid");
  }

  public Block block(long number, long time) {
    return new Block(number, bytes32(), time, BigInteger.ONE);
  }

  public void allow(Settlement.Allowance allowance) {
    chain.allow(user.address(), dispatcher.address(), LANE, allowance);
  }

  /** A node that this manager enrolled. */
  public Node node(Role role) {
    return node(role, manager, NOW + 600);
  }

  public Node node(Role role, ManagerIdentity by, long notAfter) {
    SigningKey signer = SigningKey.generate(random);
    NodeCertificate certificate =
        new NodeCertificate(
            role,
            bytes32(),
            signer.address(),
            signer.address(),
            Bytes.of(new byte[48]),
            bytes32(),
            TcbStatus.SIMULATED,
            by.epoch(),
            notAfter);
    return new Node(signer, by.sign(certificate));
  }

  public Bytes32 bytes32() {
    return Bytes32.random(random);
  }

  /** The record of the registered image. */
  public ImageRecord image() {
    Bytes terms = ImageRecord.terms(provider.address(), serviceKeys.publicKey(), "image-cid");
    return new ImageRecord(
        provider.address(),
        imageDigest,
        "image-cid",
        wrap.wrap(Kind.IMAGE, imageDigest, terms, imageKey),
        serviceKeys.publicKey(),
        wrap.wrap(Kind.SERVICE, imageDigest, terms, serviceKeys.privateKey()));
  }

  /** Puts a record where a broken TEE-DS node could put it. */
  public void put(Bytes key, Record value) {
    store.put(key, Bytes.of(TypedData.encode(value)));
  }

  private static Address address(int number) {
    byte[] value = new byte[Address.SIZE];
    value[Address.SIZE - 1] = (byte) number;
    return new Address(Bytes.of(value));
  }
}
