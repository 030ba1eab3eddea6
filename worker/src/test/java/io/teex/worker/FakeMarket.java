package io.teex.worker;

import io.teex.blobs.Cid;
import io.teex.chain.Trust;
import io.teex.executor.Executor;
import io.teex.executor.Facts;
import io.teex.executor.Job;
import io.teex.executor.Result;
import io.teex.executor.Task;
import io.teex.protocol.Acknowledgement;
import io.teex.protocol.Address;
import io.teex.protocol.Amount;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.ChunkRange;
import io.teex.protocol.DatasetCharge;
import io.teex.protocol.DatasetUse;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Hpke;
import io.teex.protocol.InputBinding;
import io.teex.protocol.Outcome;
import io.teex.protocol.Receipt;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedContent;
import io.teex.protocol.SealedInput;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.ServiceRef;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Manager, dispatcher, chain and executor of a test, which behave unless told otherwise. The
 * executor answers with the guest that the test gives it.
 */
final class FakeMarket implements KeyReleases, Dispatch, PriceList, Executor {
  final List<Signed<Receipt>> receipts = new ArrayList<>();
  final List<String> abandoned = new ArrayList<>();
  final List<Task> tasks = new ArrayList<>();
  final MemoryBlobs blobs = new MemoryBlobs();
  final Hpke.KeyPair serviceKeys;
  Function<Task, Result> guest = FakeMarket::echo;
  Function<Signed<Receipt>, Bytes32> acknowledged;
  final List<Release> released = new ArrayList<>();
  final List<ReplayTicket> replayed = new ArrayList<>();

  /** What happens while the manager releases. */
  Runnable releasing = () -> {};

  /**
   * What happens when something leaves the worker: a blob, a receipt, a lease that it gives back.
   */
  Runnable leaving = () -> {};

  private final Scene scene;
  private final SecretBytes imageKey;
  private final byte[] seed = new byte[32];
  private final Bytes32 imageDigest;
  private final SealedSet sealed;
  private Cid image;
  private Cid data;
  private ChunkRange range;
  private boolean withData;

  FakeMarket(Scene scene, byte[] wasm, byte[] dataset) {
    this.scene = scene;
    this.serviceKeys = Hpke.KeyPair.generate(scene.random);
    this.imageKey = SealedContent.newKey(scene.random);
    this.acknowledged = receipt -> receipt.value().hash(scene.domain);
    SaltedContent salted = SaltedContent.of(Bytes32.random(scene.random), wasm);
    imageDigest = salted.imageDigest();
    image = store(imageKey, salted);
    sealed = SealedSet.store(blobs, dataset, scene.random);
    data = sealed.cid();
    range = sealed.index().shape().whole();
    scene.random.nextBytes(seed);
    blobs.putting = () -> leaving.run();
  }

  private Cid store(SecretBytes key, SaltedContent content) {
    return blobs.put(SealedContent.seal(key, content.encode(), scene.random).copy());
  }

  Bytes32 imageDigest() {
    return imageDigest;
  }

  /** Has the manager release the data set too. */
  void withData() {
    withData = true;
  }

  /** Puts something else where the image or the data should lie. */
  void swapImage(byte[] wasm) {
    image = store(imageKey, SaltedContent.of(Bytes32.ZERO, wasm));
  }

  void swapData(byte[] content) {
    data = SealedSet.store(blobs, content, scene.random).cid();
  }

  /** Has the manager's keys be those of a range, and the licence be for it. */
  void license(ChunkRange licensed) {
    range = licensed;
  }

  Cid sealInput(InputBinding binding, byte[] input) {
    return blobs.put(
        SealedInput.seal(
                serviceKeys.publicKey(),
                binding,
                SaltedContent.of(scene.inputSalt, input),
                scene.random)
            .encode()
            .copy());
  }

  /** A key that the manager opens, over a container that it does not open. */
  Cid sealGarbage(InputBinding binding) {
    SealedInput sealed =
        SealedInput.seal(
            serviceKeys.publicKey(),
            binding,
            SaltedContent.of(scene.inputSalt, scene.input),
            scene.random);
    return blobs.put(new SealedInput(sealed.sealedKey(), Bytes.of(new byte[100])).encode().copy());
  }

  @Override
  public SecretBytes openInput(Attempt attempt, Bytes sealedInputKey) {
    return SealedInput.openKey(
        serviceKeys, InputBinding.of(scene.domain, attempt.order()), sealedInputKey);
  }

  @Override
  public Release release(Attempt attempt) {
    return released();
  }

  private Release released() {
    List<Release.Data> datasets =
        withData
            ? List.of(
                new Release.Data(
                    data, sealed.keys(range).encode(), sealed.index().dataDigest(range), 64))
            : List.of();
    Release release =
        new Release(
            image, SecretBytes.owned(imageKey.expose()), datasets, SecretBytes.copyOf(seed));
    released.add(release);
    releasing.run();
    return release;
  }

  @Override
  public Release releaseReplay(ReplayTicket ticket) {
    replayed.add(ticket);
    return released();
  }

  @Override
  public int basisPoints(Address dispatcher) {
    return Scene.BASIS_POINTS;
  }

  @Override
  public Signed<Acknowledgement> complete(
      Attempt attempt, Signed<Receipt> receipt, String outputCid, Bytes sealedOutputKey) {
    if (!outputCid.isEmpty() && !blobs.holds(Cid.parse(outputCid))) {
      throw new TeexException(ErrorCode.BLOB_NOT_FOUND, "the output is not stored yet");
    }
    leaving.run();
    receipts.add(receipt);
    return scene.dispatcher.sign(
        scene.domain,
        new Acknowledgement(
            receipt.value().taskId(),
            receipt.value().attempt(),
            acknowledged.apply(receipt),
            Scene.START.getEpochSecond() + 1_800));
  }

  @Override
  public void abandon(Attempt attempt, ErrorCode code, String message) {
    leaving.run();
    abandoned.add(code.name());
  }

  @Override
  public Service service(ServiceRef reference) {
    return new Service(Scene.PRICE, scene.provider);
  }

  @Override
  public DatasetCharge dataset(DatasetUse use) {
    return new DatasetCharge(
        use.id(), use.licenceDigest(), scene.stranger.address(), Amount.of(77));
  }

  @Override
  public Trust trust() {
    return Trust.UNVERIFIED;
  }

  @Override
  public Result run(Job job, Task task) {
    tasks.add(task);
    return guest.apply(task);
  }

  static Result echo(Task task) {
    return new Result(
        Outcome.COMPLETED, SecretBytes.owned(task.input().expose()), 1_234_567, 3 << 20, "");
  }

  static Result ended(Outcome outcome, String message) {
    return new Result(outcome, SecretBytes.owned(new byte[0]), 2_000_000, 1 << 20, message);
  }

  /** Echoes if it is given any time to do so. */
  static Result timed(Task task) {
    return task.wallTime().compareTo(Duration.ofMillis(1)) < 0
        ? ended(Outcome.OUT_OF_TIME, "no time")
        : echo(task);
  }

  static Result repeated(int bytes) {
    byte[] output = new byte[bytes];
    Arrays.fill(output, (byte) 7);
    return new Result(Outcome.COMPLETED, SecretBytes.owned(output), 5, 0, "");
  }

  @Override
  public Facts facts() {
    return new Facts("test-1", true);
  }

  @Override
  public void close() {}
}
