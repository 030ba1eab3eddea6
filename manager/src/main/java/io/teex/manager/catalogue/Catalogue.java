package io.teex.manager.catalogue;

import io.teex.manager.keys.KeyWrap;
import io.teex.manager.keys.KeyWrap.Kind;
import io.teex.manager.state.StateKeys;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.DatasetKeys;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Hpke;
import io.teex.protocol.ImageRegistration;
import io.teex.protocol.InputBinding;
import io.teex.protocol.Licence;
import io.teex.protocol.SealedInput;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.TeexException;
import io.teex.protocol.TypedData;
import io.teex.teeds.Change;
import io.teex.teeds.Entry;
import io.teex.teeds.Store;
import io.teex.teeds.Transaction;
import io.teex.teeds.TransactionResult;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The images and data sets that this manager keeps keys of. Records never change, so those that
 * were seen once are remembered, with their keys still wrapped.
 */
public final class Catalogue {
  private static final int REMEMBERED_MAX = 10_000;

  private final Store store;
  private final KeyWrap wrap;
  private final Map<Bytes32, ImageRecord> images = new ConcurrentHashMap<>();
  private final Map<Bytes32, DatasetRecord> datasets = new ConcurrentHashMap<>();

  public Catalogue(Store store, KeyWrap wrap) {
    this.store = store;
    this.wrap = wrap;
  }

  /** What was registered under an image digest. */
  public Optional<ImageRecord> image(Bytes32 imageDigest) {
    return find(
        images,
        imageDigest,
        StateKeys.image(imageDigest),
        ImageRecord.class,
        ImageRecord::imageDigest);
  }

  /** What was registered under a licence digest. */
  public Optional<DatasetRecord> dataset(Bytes32 licenceDigest) {
    return find(
        datasets,
        licenceDigest,
        StateKeys.dataset(licenceDigest),
        DatasetRecord.class,
        dataset -> dataset.licence().digest());
  }

  /**
   * Keeps an image with a fresh key pair for its services, unless something is kept there already.
   *
   * @return what is kept now, by whomever it was registered
   */
  ImageRecord keep(
      ImageRegistration registration,
      SecretBytes imageKey,
      Hpke.KeyPair service,
      Unlisted.Waiting waiting) {
    Bytes32 digest = registration.imageDigest();
    Bytes terms =
        ImageRecord.terms(registration.owner(), service.publicKey(), registration.sealedCid());
    ImageRecord made =
        new ImageRecord(
            registration.owner(),
            digest,
            registration.sealedCid(),
            wrap.wrap(Kind.IMAGE, digest, terms, imageKey),
            service.publicKey(),
            wrap.wrap(Kind.SERVICE, digest, terms, service.privateKey()));
    return keep(ImageRecord.class, made, waiting);
  }

  /**
   * Keeps a data set under its licence, unless something is kept there already.
   *
   * @return what is kept now
   */
  DatasetRecord keep(
      Licence licence, String sealedCid, DatasetKeys keys, Unlisted.Waiting waiting) {
    Bytes32 digest = licence.digest();
    Bytes terms = DatasetRecord.terms(licence, sealedCid);
    try (SecretBytes encoded = keys.encode()) {
      DatasetRecord made =
          new DatasetRecord(licence, sealedCid, wrap.wrap(Kind.DATASET, digest, terms, encoded));
      return keep(DatasetRecord.class, made, waiting);
    }
  }

  /** What is kept under a digest is no more. */
  void forget(Bytes32 digest) {
    images.remove(digest);
    datasets.remove(digest);
  }

  /** Opens the sealed image. */
  public SecretBytes imageKey(ImageRecord image) {
    return wrap.unwrap(Kind.IMAGE, image.imageDigest(), image.terms(), image.wrappedImageKey());
  }

  /** Encoded {@link DatasetKeys}: opens the licensed range of the sealed data set. */
  public SecretBytes datasetKeys(DatasetRecord dataset) {
    return wrap.unwrap(
        Kind.DATASET, dataset.licence().digest(), dataset.terms(), dataset.wrappedKeys());
  }

  /**
   * The public key of an image's services, once the private key that this manager wrapped was found
   * to be its other half: what a store node says it is would let that node read inputs.
   *
   * @throws TeexException {@code STORE_CORRUPT}
   */
  Bytes32 publicKey(ImageRecord image) {
    try (SecretBytes privateKey = privateKey(image)) {
      Bytes32 publicKey = Hpke.KeyPair.of(privateKey).publicKey();
      if (!publicKey.equals(image.publicKey())) {
        throw corrupt("the kept public key of image %s is not its own", image.imageDigest());
      }
      return publicKey;
    }
  }

  private SecretBytes privateKey(ImageRecord image) {
    return wrap.unwrap(Kind.SERVICE, image.imageDigest(), image.terms(), image.wrappedPrivateKey());
  }

  /**
   * Opens the content key of one sealed input with the service's private key.
   *
   * @throws TeexException {@code SEALED_INPUT_REFUSED} if it was sealed for anything but {@code
   *     binding}
   */
  public SecretBytes inputKey(ImageRecord image, InputBinding binding, Bytes sealedKey) {
    try (SecretBytes privateKey = privateKey(image)) {
      return SealedInput.openKey(Hpke.KeyPair.of(privateKey), binding, sealedKey);
    }
  }

  private <T extends Record> Optional<T> find(
      Map<Bytes32, T> remembered,
      Bytes32 digest,
      Bytes key,
      Class<T> type,
      Function<T, Bytes32> digestOf) {
    T known = remembered.get(digest);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<T> kept = store.get(key).map(entry -> decode(type, entry));
    kept.ifPresent(record -> {
      if (!digestOf.apply(record).equals(digest)) {
        throw corrupt("under %s the record of something else is kept", digest);
      }
      if (remembered.size() >= REMEMBERED_MAX) {
        remembered.clear();
      }
      remembered.put(digest, record);
    });
    return kept;
  }

  private <T extends Record> T keep(Class<T> type, T made, Unlisted.Waiting waiting) {
    Bytes key = waiting.recordKey();
    Bytes value = Bytes.of(TypedData.encode(made));
    TransactionResult result =
        store.transact(
            Transaction.when(key).absent().then(Change.put(key, value), waiting.entry()));
    return result.seen(key).map(there -> decode(type, there)).orElse(made);
  }

  private static <T extends Record> T decode(Class<T> type, Entry entry) {
    return TypedData.decode(type, entry.value().copy());
  }

  private static TeexException corrupt(String what, Bytes32 digest) {
    return new TeexException(ErrorCode.STORE_CORRUPT, what.formatted(digest));
  }
}
