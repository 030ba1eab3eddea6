package io.teex.manager.catalogue;

import io.teex.blobs.BlobStore;
import io.teex.blobs.Cid;
import io.teex.manager.keys.ManagerIdentity;
import io.teex.protocol.Bytes;
import io.teex.protocol.Bytes32;
import io.teex.protocol.Commitment;
import io.teex.protocol.DatasetKeys;
import io.teex.protocol.DatasetRegistration;
import io.teex.protocol.ErrorCode;
import io.teex.protocol.Hpke;
import io.teex.protocol.ImageRegistration;
import io.teex.protocol.Licence;
import io.teex.protocol.SaltedContent;
import io.teex.protocol.SealedContent;
import io.teex.protocol.SecretBytes;
import io.teex.protocol.ServiceKey;
import io.teex.protocol.Signed;
import io.teex.protocol.TeexException;
import io.teex.teeds.Store;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Takes images and data sets into the catalogue: by their owner's signature, and only after the
 * sealed blob was fetched and found to be what its public digest says. An image is opened for that,
 * and overwritten as soon as it has been judged; data is not ({@link DatasetCheck}).
 */
public final class Registrar {
  /** Images and indices of data sets that are in memory at a time. */
  private static final int OPEN_MAX = 1;

  /** The longest list of images or users in a licence. */
  private static final int LICENCE_LIST_MAX = 256;

  private static final int PURPOSE_CHARS_MAX = 256;
  private static final Duration TURN_WAIT_MAX = Duration.ofSeconds(10);

  private final ManagerIdentity manager;
  private final Catalogue catalogue;
  private final Unlisted unlisted;
  private final BlobStore blobs;
  private final Consumer<byte[]> imageCheck;
  private final SecureRandom random;
  private final Duration turnWait;
  private final Semaphore open = new Semaphore(OPEN_MAX, true);

  /**
   * @param unlisted says whether there is room for another registration
   * @param imageCheck throws {@code FORBIDDEN_IMPORT} or {@code INVALID_MODULE} for a module that
   *     no executor would run; it keeps nothing of it
   * @param turnWait how long a registration waits for others
   */
  Registrar(
      ManagerIdentity manager,
      Catalogue catalogue,
      Unlisted unlisted,
      BlobStore blobs,
      Consumer<byte[]> imageCheck,
      SecureRandom random,
      Duration turnWait) {
    this.manager = manager;
    this.catalogue = catalogue;
    this.unlisted = unlisted;
    this.blobs = blobs;
    this.imageCheck = imageCheck;
    this.random = random;
    this.turnWait = turnWait;
  }

  /** One that registers what the chain has listings for sooner or later. */
  public static Registrar open(
      ManagerIdentity manager,
      Catalogue catalogue,
      Store store,
      Listings listings,
      BlobStore blobs,
      Consumer<byte[]> imageCheck,
      InstantSource clock,
      SecureRandom random) {
    return new Registrar(
        manager,
        catalogue,
        new Unlisted(store, listings, clock, catalogue::forget),
        blobs,
        imageCheck,
        random,
        TURN_WAIT_MAX);
  }

  /**
   * Keeps an image's key, and makes the key pair to which users seal inputs for it. Registering the
   * same again answers as the first time.
   *
   * @throws TeexException {@code SIGNATURE_INVALID}, {@code MALFORMED}, {@code BLOB_NOT_FOUND},
   *     {@code BLOB_TAMPERED}, {@code FORBIDDEN_IMPORT}, {@code INVALID_MODULE}, {@code
   *     ALREADY_EXISTS} if somebody else registered the image, or another blob of it; {@code
   *     UNAVAILABLE} if others are in the way for too long; {@code PERMISSION_DENIED} or {@code
   *     STORE_FULL} as {@link Unlisted} has it
   */
  public Signed<ServiceKey> register(Signed<ImageRegistration> signed, SecretBytes imageKey) {
    ImageRegistration registration = signed.value();
    signed.requireSigner(manager.domain(), registration.owner());
    Optional<ImageRecord> known = catalogue.image(registration.imageDigest());
    if (known.isPresent()) {
      requireSame(known.get(), registration);
      return serviceKey(known.get());
    }
    ImageRecord kept = inTurn(() -> keep(registration, imageKey));
    requireSame(kept, registration);
    return serviceKey(kept);
  }

  private ImageRecord keep(ImageRegistration registration, SecretBytes imageKey) {
    Unlisted.Waiting waiting =
        unlisted.admit(true, registration.imageDigest(), registration.owner());
    inspect(registration, imageKey);
    return catalogue.keep(registration, imageKey, Hpke.KeyPair.generate(random), waiting);
  }

  /**
   * What users need to know before they seal an input to a service.
   *
   * @throws TeexException {@code NOT_FOUND}
   */
  public Signed<ServiceKey> serviceKey(Bytes32 imageDigest) {
    return catalogue
        .image(imageDigest)
        .map(this::serviceKey)
        .orElseThrow(() ->
            new TeexException(
                ErrorCode.NOT_FOUND, "image %s is not registered".formatted(imageDigest)));
  }

  /**
   * Keeps the keys of a data set, or of a range of it, under a licence. Registering the same again
   * changes nothing.
   *
   * @throws TeexException {@code MALFORMED}, {@code ORDER_MISMATCH} if the licence is another than
   *     the one registered, {@code SIGNATURE_INVALID}, {@code BLOB_NOT_FOUND}, {@code
   *     BLOB_TAMPERED}, {@code ALREADY_EXISTS} if another blob is registered; {@code UNAVAILABLE},
   *     {@code PERMISSION_DENIED} or {@code STORE_FULL} as for images
   */
  public void register(Signed<DatasetRegistration> signed, Licence licence, DatasetKeys keys) {
    DatasetRegistration registration = signed.value();
    signed.requireSigner(manager.domain(), licence.owner());
    if (!licence.digest().equals(registration.licenceDigest())) {
      throw new TeexException(
          ErrorCode.ORDER_MISMATCH,
          "the registration is for licence %s, the licence is %s"
              .formatted(registration.licenceDigest(), licence.digest()));
    }
    requireBounded(licence);
    Optional<DatasetRecord> known = catalogue.dataset(registration.licenceDigest());
    if (known.isPresent()) {
      requireSameBlob(known.get().sealedCid(), registration.sealedCid());
      return;
    }
    DatasetRecord kept = inTurn(() -> keep(licence, registration.sealedCid(), keys));
    requireSameBlob(kept.sealedCid(), registration.sealedCid());
  }

  private DatasetRecord keep(Licence licence, String sealedCid, DatasetKeys keys) {
    Unlisted.Waiting waiting = unlisted.admit(false, licence.digest(), licence.owner());
    DatasetCheck.check(blobs, Cid.parse(sealedCid), keys, licence.dataDigest());
    return catalogue.keep(licence, sealedCid, keys, waiting);
  }

  /** Whoever cannot be served soon is told so, and holds no call meanwhile. */
  private <T> T inTurn(Supplier<T> work) {
    try {
      if (!open.tryAcquire(turnWait.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new TeexException(
            ErrorCode.UNAVAILABLE,
            "other registrations took longer than %s; try again".formatted(turnWait));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TeexException(ErrorCode.UNAVAILABLE, "the manager stops", e);
    }
    try {
      return work.get();
    } finally {
      open.release();
    }
  }

  private static void requireBounded(Licence licence) {
    if (licence.images().isEmpty()
        || licence.images().size() > LICENCE_LIST_MAX
        || licence.users().size() > LICENCE_LIST_MAX
        || licence.purpose().length() > PURPOSE_CHARS_MAX) {
      throw new TeexException(
          ErrorCode.MALFORMED,
          "a licence names 1 to %1$d images, at most %1$d users and a purpose of %2$d characters"
              .formatted(LICENCE_LIST_MAX, PURPOSE_CHARS_MAX));
    }
  }

  private void inspect(ImageRegistration registration, SecretBytes key) {
    Cid cid = Cid.parse(registration.sealedCid());
    Bytes32 expected = registration.imageDigest();
    try (SecretBytes plain = SealedContent.open(key, Bytes.of(blobs.get(cid)))) {
      SaltedContent opened = SaltedContent.decode(plain);
      byte[] content = opened.content().expose();
      try {
        Bytes32 digest = Commitment.image(opened.salt(), content);
        if (!digest.equals(expected)) {
          throw new TeexException(
              ErrorCode.BLOB_TAMPERED,
              "the sealed blob holds %s, the registration says %s".formatted(digest, expected));
        }
        imageCheck.accept(content);
      } finally {
        Arrays.fill(content, (byte) 0);
        opened.content().destroy();
      }
    }
  }

  private static void requireSame(ImageRecord kept, ImageRegistration registration) {
    if (!kept.owner().equals(registration.owner())) {
      throw new TeexException(
          ErrorCode.ALREADY_EXISTS,
          "image %s is registered by another owner".formatted(kept.imageDigest()));
    }
    requireSameBlob(kept.sealedCid(), registration.sealedCid());
  }

  private static void requireSameBlob(String kept, String registered) {
    if (!kept.equals(registered)) {
      throw new TeexException(
          ErrorCode.ALREADY_EXISTS,
          "it is registered as blob %s; what is sealed anew needs a new salt and digest"
              .formatted(kept));
    }
  }

  private Signed<ServiceKey> serviceKey(ImageRecord image) {
    return manager.sign(
        new ServiceKey(
            image.owner(), image.imageDigest(), catalogue.publicKey(image), manager.epoch()));
  }
}
